"""What the scripts share: their arguments, mail that comes in, and waiting with a deadline."""
import os
import smtplib
import ssl
import sys
import time

USER, PASSWORD = sys.argv[1:3]
PORTS = [int(word) for word in sys.argv[3:]]
TLS = ssl.create_default_context(cafile=os.environ["CERTIFICATE"])


def message(number, body="Body of the message.\r\n"):
    return (f"From: Sender <sender@client.example>\r\nTo: {USER}\r\nSubject: Letter {number}\r\n"
            f"Message-ID: <letter-{number}@client.example>\r\nDate: Tue, 24 Nov 2026 10:00:0{number % 10} +0000\r\n\r\n{body}").encode()


def deliver(port, *messages):
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for octets in messages:
            smtp.sendmail("sender@client.example", [USER], octets)


def wait(what, condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            sys.exit(f"waited {seconds} s in vain for {what}")
        time.sleep(0.05)


def check(what, is_so):
    if not is_so:
        sys.exit(f"wrong: {what}")
