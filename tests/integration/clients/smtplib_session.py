"""Submission with smtplib in both ways, to two recipients, one of them unknown."""
import imaplib
import smtplib

from session import PASSWORD, PORTS, TLS, USER, check, message, wait

submission, submissions, imap_port = PORTS

with smtplib.SMTP("127.0.0.1", submission) as smtp:
    smtp.starttls(context=TLS)
    smtp.login(USER, PASSWORD)
    refused = smtp.sendmail(USER, [USER, "nobody@mesh.test"], message(1))
    check(f"the unknown one alone is refused, {refused}", list(refused) == ["nobody@mesh.test"] and refused["nobody@mesh.test"][0] == 550)
    try:
        smtp.sendmail("postmaster@mesh.test", [USER], message(2))
        check("nobody sends as somebody else", False)
    except (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
        pass
with smtplib.SMTP_SSL("127.0.0.1", submissions, context=TLS) as smtp:
    smtp.login(USER, PASSWORD)
    check("taken", smtp.sendmail(USER, [USER], message(3)) == {})

imap = imaplib.IMAP4("127.0.0.1", imap_port)
imap.starttls(TLS)
imap.login(USER, PASSWORD)
wait("both messages", lambda: int(imap.select("INBOX")[1][0]) == 2)
imap.logout()
print("done")
