"""Two sessions in one mailbox: each learns what the other does, in the order that RFC 3501 wants."""
import imaplib

from session import PASSWORD, PORTS, TLS, USER, check, deliver, message, wait

smtp_port, imap_port = PORTS


def session():
    imap = imaplib.IMAP4("127.0.0.1", imap_port)
    imap.starttls(TLS)
    imap.login(USER, PASSWORD)
    return imap


def heard(imap, kind):
    """The untagged responses of a kind that came since it was asked last."""
    imap.noop()
    return [word for word in imap.response(kind)[1] if word is not None]


one, two = session(), session()
deliver(smtp_port, *(message(number) for number in range(1, 6)))
wait("five messages", lambda: int(one.select("INBOX")[1][0]) == 5)
two.select("INBOX")

one.store("2", "+FLAGS", r"(\Flagged)")
wait("the other session hears of the flag", lambda: any(b"Flagged" in line for line in heard(two, "FETCH")))
one.store("2,4", "+FLAGS", r"(\Deleted)")
one.expunge()
gone = []
wait("the other session hears of two expunges", lambda: gone.extend(heard(two, "EXPUNGE")) or len(gone) == 2)
check(f"expunges by the numbers at their time, {gone}", sorted(map(int, gone)) in ([2, 3], [2, 4]))
check("the same messages in both", one.uid("SEARCH", "ALL") == two.uid("SEARCH", "ALL"))
deliver(smtp_port, message(6))
exists = []
wait("the other session hears of new mail", lambda: exists.extend(heard(two, "EXISTS")) or exists[-1:] == [b"4"])
check("new mail gets the next UID", two.fetch("4", "(UID)")[1][0].endswith(b"(UID 6)"))
one.logout()
two.logout()
print("done")
