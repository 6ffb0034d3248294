"""Submission of mail that waits (RFC 4865) with smtplib: three messages, for a second, an hour and a day from now."""
import datetime
import smtplib

from session import PASSWORD, PORTS, TLS, USER, check, message

submissions, = PORTS
tomorrow = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

with smtplib.SMTP_SSL("127.0.0.1", submissions, context=TLS) as smtp:
    smtp.login(USER, PASSWORD)
    check("offered", smtp.has_extn("futurerelease"))
    for number, hold in enumerate(["HOLDFOR=1", "HOLDFOR=3600", f"HOLDUNTIL={tomorrow}"], 1):
        check("taken", smtp.sendmail(USER, [USER], message(number).replace(b"sender@client.example", USER.encode()), mail_options=[hold]) == {})
    try:
        smtp.sendmail(USER, [USER], message(4), mail_options=["HOLDFOR=999999999"])
        check("a moment out of bounds is refused", False)
    except smtplib.SMTPSenderRefused as refused:
        check("refused as syntax", refused.smtp_code == 501)
print("done")
