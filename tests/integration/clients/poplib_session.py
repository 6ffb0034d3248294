"""A mailbox emptied with poplib, in clear with STLS and over TLS."""
import poplib

from session import PASSWORD, PORTS, TLS, USER, check, deliver, message, wait

smtp_port, pop_port, pops_port = PORTS


def login(pop):
    pop.user(USER)
    pop.pass_(PASSWORD)
    return pop


def count():
    pop = login(poplib.POP3_SSL("127.0.0.1", pops_port, context=TLS))
    found = pop.stat()[0]
    pop.quit()
    return found


dots = "first\r\n.\r\n..\r\n.last\r\n"
deliver(smtp_port, message(1, "\r\n".join(f"line {n}" for n in range(1, 21)) + "\r\n"), message(2, dots))
wait("two messages", lambda: count() == 2)

pop = poplib.POP3("127.0.0.1", pop_port)
for capability in ("STLS", "TOP", "UIDL", "PIPELINING", "RESP-CODES"):
    check(f"{capability} announced", capability in pop.capa())
pop.stls(TLS)
check("USER announced under TLS", "USER" in pop.capa())
login(pop)
number, octets = pop.stat()
sizes = [int(line.split()[1]) for line in pop.list()[1]]
check("STAT is the sum of LIST", number == 2 and octets == sum(sizes))
for index, size in enumerate(sizes, 1):
    lines = pop.retr(index)[1]
    check(f"LIST says the size of message {index}", sum(len(line) + 2 for line in lines) == size)
    check(f"message {index} ends as it was sent", b"\r\n".join(lines + [b""]).endswith(
        message(1, "\r\n".join(f"line {n}" for n in range(1, 21)) + "\r\n") if index == 1 else message(2, dots)))
top = pop.top(1, 3)[1]
check("TOP gives the header, an empty line and three lines", top[-4:] == [b"", b"line 1", b"line 2", b"line 3"])
uids = [line.split()[1] for line in pop.uidl()[1]]
check("two different UIDs", len(set(uids)) == 2)
pop.dele(1)
pop.rset()
pop.dele(2)
pop.quit()

pop = login(poplib.POP3_SSL("127.0.0.1", pops_port, context=TLS))
check("the same UID for what stayed", [line.split()[1] for line in pop.uidl()[1]] == uids[:1])
pop.dele(1)
pop.close()  # no QUIT: nothing is deleted (RFC 1939 §6)
wait("the mailbox is free again", lambda: count() == 1)
print("done")
