"""One user's life with imaplib: search, flags, copies, appends, folders, expunge."""
import imaplib
import time

from session import PASSWORD, PORTS, TLS, USER, check, deliver, message, wait

smtp_port, imap_port = PORTS


def ok(answer):
    status, data = answer
    check(f"{answer}", status == "OK")
    return data


imap = imaplib.IMAP4("127.0.0.1", imap_port)
check("IMAP4REV1 announced", "IMAP4REV1" in imap.capabilities)
ok(imap.starttls(TLS))
ok(imap.login(USER, PASSWORD))
# One after the other: what is delivered at once may come in any order.
for number, letter in enumerate((message(1), message(2), message(3, "A body that mentions kumquat.\r\n")), 1):
    deliver(smtp_port, letter)
    wait(f"{number} messages", lambda: int(ok(imap.select("INBOX"))[0]) == number)

check("new mail is recent or unseen", ok(imap.search(None, "UNSEEN"))[0].split() == [b"1", b"2", b"3"])
check("search by body", ok(imap.search(None, "BODY", "kumquat"))[0] == b"3")
check("search by header", ok(imap.search(None, "HEADER", "Message-ID", "letter-2@"))[0] == b"2")
check("search with OR and NOT", ok(imap.search(None, "OR", "SUBJECT", '"Letter 1"', "NOT", "SMALLER", "999999"))[0] == b"1")
check("search in UTF-8", ok(imap.search("UTF-8", "SUBJECT", "Letter"))[0].split() == [b"1", b"2", b"3"])
check("uid search", len(ok(imap.uid("SEARCH", "ALL"))[0].split()) == 3)

data = ok(imap.fetch("2", "(UID FLAGS RFC822.SIZE INTERNALDATE ENVELOPE BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT])"))
parts = [part for part in data if isinstance(part, tuple)]
check("the subject field", parts[0][1] == b"Subject: Letter 2\r\n\r\n")
check("the text", parts[1][1] == b"Body of the message.\r\n")
check("a peek leaves it unseen", ok(imap.search(None, "SEEN"))[0] in (b"", None))
whole = ok(imap.fetch("2", "(RFC822)"))[0][1]
check("the whole message ends as it was sent", whole.endswith(message(2)))
check("a fetch makes it seen", ok(imap.search(None, "SEEN"))[0] == b"2")
check("a slice", ok(imap.fetch("2", "(BODY.PEEK[TEXT]<5.2>)"))[0][1] == b"of")

ok(imap.store("1", "+FLAGS", r"(\Flagged $Important custom)"))
check("keywords are kept", b"custom" in ok(imap.fetch("1", "(FLAGS)"))[0] and b"$Important" in ok(imap.fetch("1", "(FLAGS)"))[0])
check("search by keyword", ok(imap.search(None, "KEYWORD", "custom", "FLAGGED"))[0] == b"1")
ok(imap.store("1", "-FLAGS", "(custom)"))
check("keywords go", ok(imap.search(None, "KEYWORD", "custom"))[0] in (b"", None))

ok(imap.create('"Old mail"'))
ok(imap.subscribe('"Old mail"'))
check("listed", any(b"Old mail" in line for line in ok(imap.list())))
check("subscribed", any(b"Old mail" in line for line in ok(imap.lsub())))
ok(imap.copy("1:2", '"Old mail"'))
ok(imap.append('"Old mail"', r"(\Seen)", imaplib.Time2Internaldate(time.mktime((2001, 2, 3, 4, 5, 6, 0, 0, 0))), message(9)))
check("status", b"MESSAGES 3" in ok(imap.status('"Old mail"', "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN)"))[0])
check("selected", int(ok(imap.select('"Old mail"', readonly=True))[0]) == 3)
check("copies keep flags", ok(imap.search(None, "FLAGGED"))[0] == b"1")
check("the given internal date", ok(imap.search(None, "BEFORE", "1-Jan-2002"))[0] == b"3")
status, _ = imap.store("1", "+FLAGS", r"(\Deleted)")
check("a read-only mailbox stays as it is", status == "NO")

ok(imap.select("INBOX"))
ok(imap.store("1,3", "+FLAGS.SILENT", r"(\Deleted)"))
ok(imap.expunge())
check("one is left", int(ok(imap.status("INBOX", "(MESSAGES)"))[0].split(b"MESSAGES ")[1].rstrip(b")")) == 1)
ok(imap.rename('"Old mail"', "Older"))
ok(imap.select("Older"))
ok(imap.close())
ok(imap.delete("Older"))
check("gone", not any(b"Older" in line for line in ok(imap.list())))
status, _ = imap.select("Older")
check("a mailbox that is gone cannot be selected", status == "NO")
imap.logout()
print("done")
