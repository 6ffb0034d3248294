"""A binary message in chunks over a bare socket, since no library speaks BDAT; read back with imaplib, and taken apart with Python's own parser."""
import email
import email.policy
import imaplib
import socket

from session import PASSWORD, PORTS, TLS, USER, check, wait

smtp_port, lmtp_port, imap_port = PORTS
BINARY = bytes(range(256)) * 1000 + b"\n.\n\r.\r\r\n.\r\nQUIT\r\n"


def replies(stream, count):
    """So many replies, each the code and text of its last line."""
    found = []
    while len(found) < count:
        line = stream.readline().decode()
        if line[3:4] == " ":
            found.append((int(line[:3]), line[4:].strip()))
    return found


def send(port, hello, subject, recipients):
    """One message, its whole transaction in one write; gives the last replies."""
    head = (f"Subject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: binary\r\n\r\nGrüße\r\n"
            "--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n").encode()
    chunks = [head, BINARY[:70000], BINARY[70000:], b"\r\n--b--\r\n"]
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as stream:
        replies(stream, 1)
        connection.sendall(f"{hello} client.example\r\n".encode())
        said = b""
        while said[3:4] != b" ":
            said = stream.readline()
            check(f"hello, {said}", said.startswith(b"250"))
        lines = [b"MAIL FROM:<outside@client.example> BODY=BINARYMIME\r\n"]
        lines += [f"RCPT TO:<{recipient}>\r\n".encode() for recipient in recipients]
        lines += [b"BDAT %d\r\n%s" % (len(chunk), chunk) for chunk in chunks] + [b"BDAT 0 LAST\r\n"]
        connection.sendall(b"".join(lines))
        all_but_last = replies(stream, 1 + len(recipients) + len(chunks))
        check(f"each chunk has its 250, {all_but_last}", all(code == 250 for code, _ in all_but_last))
        last = replies(stream, len(recipients) if hello == "LHLO" else 1)
        connection.sendall(b"QUIT\r\n")
        check("goodbye", replies(stream, 1)[0][0] == 221)
        return last


check("taken by SMTP", send(smtp_port, "EHLO", "by smtp", [USER])[0][0] == 250)
lmtp = send(lmtp_port, "LHLO", "by lmtp", [USER, "postmaster@mesh.test", USER])
check(f"taken by LMTP for each recipient, {lmtp}", [code for code, _ in lmtp] == [250, 250, 250] and lmtp[1][1].startswith("2.0.0 <postmaster@mesh.test> "))

imap = imaplib.IMAP4("127.0.0.1", imap_port)
imap.starttls(TLS)
imap.login(USER, PASSWORD)
wait("both messages", lambda: int(imap.select("INBOX")[1][0]) == 2)
for number in (b"1", b"2"):
    raw = imap.fetch(number, "(BODY[])")[1][0][1]
    check("what is stored is lines of ASCII", raw.isascii() and b"\0" not in raw and b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b""))
    text, octets = email.message_from_bytes(raw, policy=email.policy.default).iter_parts()
    check("the text is there", text.get_content().strip() == "Grüße")
    check("the octets are there", octets.get_content() == BINARY)
imap.logout()
print("done")
