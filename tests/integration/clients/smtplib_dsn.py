"""Delivery status notifications as a user asks for them: of success, of failure with the whole message, and of nothing."""
import email
import imaplib
import smtplib

from session import PASSWORD, PORTS, TLS, USER, check, message, wait

submission, imap_port = PORTS

imap = imaplib.IMAP4("127.0.0.1", imap_port)
imap.starttls(TLS)
imap.login(USER, PASSWORD)


def reports():
    """Every delivery status notification of the INBOX, by its action."""
    imap.select("INBOX")
    found = {}
    for number in imap.search(None, "ALL")[1][0].split():
        mail = email.message_from_bytes(imap.fetch(number, "(RFC822)")[1][0][1])
        if mail.get_content_type() == "multipart/report":
            fields = mail.get_payload(1).get_payload()
            found[fields[1]["Action"]] = (mail, fields)
    return found


with smtplib.SMTP("127.0.0.1", submission) as smtp:
    smtp.starttls(context=TLS)
    smtp.login(USER, PASSWORD)
    check("DSN is announced", smtp.has_extn("dsn"))
    smtp.sendmail(USER, [USER], message(1), ["RET=HDRS", "ENVID=letter+2B1", "MT-PRIORITY=3"], ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;First+2Bname@elsewhere.example"])
    wait("the notification of success", lambda: "delivered" in reports())
    mail, fields = reports()["delivered"]
    check("it names the message", fields[0]["Original-Envelope-Id"] == "letter+1")
    check("it names the recipient as the sender did", fields[1]["Original-Recipient"] == "rfc822; First+name@elsewhere.example")
    check("and as it is", fields[1]["Final-Recipient"] == f"rfc822; {USER}")
    check("it comes from nobody", mail["Return-Path"] == "<>")
    check("the header comes back", "Subject: Letter 1" in mail.get_payload(2).as_string())
    check("and not the body", "Body of the message" not in mail.as_string())

    # Nobody serves mail for this domain: with NEVER that is nobody's business, with FAILURE the message comes back whole.
    smtp.sendmail(USER, ["b@invalid"], message(2), ["RET=FULL"], ["NOTIFY=NEVER"])
    smtp.sendmail(USER, ["b@invalid"], message(3), ["RET=FULL", "ENVID=third"], ["NOTIFY=FAILURE"])
    wait("the notification of failure", lambda: "failed" in reports())
    mail, fields = reports()["failed"]
    check("it is of the third", fields[0]["Original-Envelope-Id"] == "third")
    check("the message comes back whole", "Body of the message." in mail.get_payload(2).get_payload(0).get_payload())
    check("success and failure alone were told", sorted(reports()) == ["delivered", "failed"])
imap.logout()
print("done")
