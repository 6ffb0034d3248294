"""BODYSTRUCTURE and BODY[section] of every message in INBOX against what Python's email package makes of its octets.

Only messages in which Python finds no defect count: what a broken message should look like is a matter of taste."""
import email
import email.policy
import imaplib
import os
import re
import ssl
import sys

USER, PASSWORD, PORT = sys.argv[1:4]


def parse(text, literals, at=0):
    """An S-expression of IMAP: lists, strings, atoms and literals."""
    items = []
    while at < len(text):
        c = text[at:at + 1]
        if c == b"(":
            item, at = parse(text, literals, at + 1)
            items.append(item)
        elif c == b")":
            return items, at + 1
        elif c == b'"':
            end = at + 1
            while text[end:end + 1] != b'"':
                end += 2 if text[end:end + 1] == b"\\" else 1
            items.append(re.sub(rb"\\(.)", rb"\1", text[at + 1:end]))
            at = end + 1
        elif c == b" ":
            at += 1
        elif c == b"{":
            at = text.index(b"}", at) + 1
            items.append(literals.pop(0))
        else:
            end = re.compile(rb"[ ()]").search(text, at).start()
            atom = text[at:end]
            items.append(None if atom == b"NIL" else atom)
            at = end
    return items, at


def fetch(imap, number, what):
    """One FETCH response as a list of its items and values."""
    data = imap.fetch(str(number), what)[1]
    text, literals = b"", []
    for part in data:
        if isinstance(part, tuple):
            text += part[0]
            literals.append(part[1])
        elif part is not None:
            text += part
    items, _ = parse(text[text.index(b"("):], literals)
    return dict(zip(items[0][0::2], items[0][1::2]))


def raw(part):
    """The octets of a leaf's body as they stand in the message."""
    return part._payload.encode("ascii", "surrogateescape")  # get_payload() would decode octets above 127


def has_defect(part):
    if part.defects or not all(isinstance(value, str) for value in part.values()):  # octets above 127 in a field
        return True
    if not re.fullmatch(r"\s*[\w-]+\s*", part.get("Content-Transfer-Encoding", "7bit")):
        return True
    return part.is_multipart() and any(has_defect(child) for child in part.get_payload())


def compare(imap, number, part, structure, section, wrong):
    """One part and what is below it. Sections are numbered as RFC 3501 §6.4.5 says."""
    def check(what, ours, theirs):
        if ours != theirs:
            wrong.append(f"message {number} part {section or 'whole'}: {what} is {ours!r}, Python has {theirs!r}")

    def word(value):
        return value.lower() if isinstance(value, bytes) else value

    if part.get_content_maintype() == "multipart" and part.is_multipart():
        children = [item for item in structure if isinstance(item, list)][:len(part.get_payload())]
        check("number of parts", sum(1 for _ in leading_lists(structure)), len(part.get_payload()))
        check("subtype", word(structure[len(list(leading_lists(structure)))]), part.get_content_subtype().encode())
        for index, (child, below) in enumerate(zip(part.get_payload(), children), 1):
            compare(imap, number, child, below, f"{section}.{index}" if section else f"{index}", wrong)
        return
    section = section or "1"
    check("type", (word(structure[0]), word(structure[1])), (part.get_content_maintype().encode(), part.get_content_subtype().encode()))
    check("encoding", word(structure[5]), part.get("Content-Transfer-Encoding", "7bit").strip().lower().encode())
    body = fetch(imap, number, f"(BODY.PEEK[{section}])")[f"BODY[{section}]".encode()] or b""
    check("octets", int(structure[6]), len(body))
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()[0]
        check("inner subject", (structure[7][1] or b"").split(), inner.get("Subject", "").encode("ascii", "surrogateescape").split())
        check("lines", int(structure[9]), body.count(b"\n"))
        if inner.is_multipart() and inner.get_content_maintype() == "multipart":
            compare(imap, number, inner, structure[8], section, wrong)
        else:
            compare(imap, number, inner, structure[8], section + ".1", wrong)
        return
    if part.is_multipart():
        return  # message/delivery-status: Python takes its fields apart, IMAP does not
    check("body", body, raw(part))
    if part.get_content_maintype() == "text":
        check("lines", int(structure[7]), body.count(b"\n"))


def leading_lists(structure):
    for item in structure:
        if not isinstance(item, list):
            return
        yield item


def main():
    imap = imaplib.IMAP4_SSL("127.0.0.1", int(PORT), ssl_context=ssl.create_default_context(cafile=os.environ["CERTIFICATE"]))
    imap.login(USER, PASSWORD)
    count = int(imap.select("INBOX", readonly=True)[1][0])
    compared, wrong = 0, []
    for number in range(1, count + 1):
        octets = fetch(imap, number, "(BODY.PEEK[])")[b"BODY[]"]
        message = email.message_from_bytes(octets, policy=email.policy.compat32)
        structure = fetch(imap, number, "(BODYSTRUCTURE)")[b"BODYSTRUCTURE"]
        # Python takes delimiters in a row for one; RFC 2046 §5.1.1 has an empty part between them.
        if has_defect(message) or re.search(rb"\r\n--[^\r\n]*(?<!--)\r\n--", octets):
            continue
        compared += 1
        compare(imap, number, message, structure, "", wrong)
    imap.logout()
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"compared {compared} messages")


main()
