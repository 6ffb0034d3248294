using System.Globalization;
using System.Net;
using MailMesh.Contracts;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Ingress.Session;

/// <summary>
/// Every reply of the service: code (RFC 5321 §4.2.3), enhanced code (RFC 3463) and text. A refusal says what its client's administrator
/// can do; the id that it can be traced by is put behind it where it is written (<see cref="SessionStory"/>).
/// </summary>
internal static class Replies
{
    public static readonly Reply Ok = new(250, "2.0.0", "Ok");
    public static readonly Reply Bye = new(221, "2.0.0", "Bye") { Closes = true };
    public static readonly Reply SenderOk = new(250, "2.1.0", "Sender ok");
    public static readonly Reply RecipientOk = new(250, "2.1.5", "Recipient ok");
    public static readonly Reply CannotVerify = new(252, "2.5.2", "Cannot VRFY user, but will take a message and attempt delivery");
    public static readonly Reply Help = new(214, "2.0.0", "Commands: EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT STARTTLS AUTH");
    public static readonly Reply StartMail = new(354, null, "End data with <CR><LF>.<CR><LF>");
    public static readonly Reply ReadyForTls = new(220, "2.0.0", "Ready to start TLS");
    public static readonly Reply Authenticated = new(235, "2.7.0", "Authentication successful");

    public static readonly Reply ShuttingDown = new(421, "4.3.2", "Service is shutting down") { Closes = true };
    public static readonly Reply TooManyConnections = new(421, "4.3.2", "Too many connections, try again later") { Closes = true };
    public static readonly Reply TooManyMessages = new(421, "4.3.2", "Too many messages at once, try again later") { Closes = true };
    public static readonly Reply TooManyFromAddress = new(421, "4.7.0", "Too many connections from your address, close some or try again later") { Closes = true };
    public static readonly Reply TooManyTransactions = new(421, "4.7.0", "That is the last message of this session (MAILMAX of EHLO), connect again for more") { Closes = true };
    public static readonly Reply TimedOut = new(421, "4.4.2", "Timeout, closing connection") { Closes = true };
    public static readonly Reply TooManyMistakes = new(421, "4.7.0", "Too many wrong commands, closing connection") { Closes = true };
    public static readonly Reply TooManyAuthFailures = new(421, "4.7.0", "Too many authentication failures, closing connection: check user name and password") { Closes = true };
    public static readonly Reply Banned = new(421, "4.7.0", "Too many failed logins, try again later") { Closes = true };
    public static readonly Reply ConnectingTooFast = new(421, "4.7.0", "Too many new connections from your network, try again in a minute") { Closes = true };
    public static readonly Reply TooManyFromNetwork = new(421, "4.7.0", "Too many connections from the network around your address") { Closes = true };
    public static readonly Reply TooManyUnknownRecipients = new(421, "4.7.0", "Too many unknown recipients, closing connection") { Closes = true };
    public static readonly Reply MessagesTooFast = new(450, "4.7.1", "Your address sends more messages than it may in this time, try again later");
    public static readonly Reply RecipientsTooFast = new(450, "4.7.1", "Your address sends to more recipients than it may in this time, try again later");
    public static readonly Reply SentTooEarly = new(554, "5.5.1", "You must wait for the reply before you send more (RFC 2920 section 3.1)") { Closes = true };
    public static readonly Reply SpokeTooEarly = new(554, "5.5.1", "You must wait for the greeting (RFC 5321 section 4.3.1)") { Closes = true };

    /// <summary>Something that we depend on is away; the id leads the postmaster to the reason.</summary>
    public static readonly Reply TryAgain = new(451, "4.3.0", "Temporary failure on our side, try again later");

    public static readonly Reply TooManyHeld = new(452, "4.2.2", "Too much of your mail is scheduled already: cancel some, or try again when some has gone");
    public static readonly Reply StorageFull = new(452, "4.3.1", "Insufficient system storage, try again later");
    public static readonly Reply TooManyRecipients = new(452, "4.5.3", "Too many recipients, send to the others in another transaction");
    public static readonly Reply AuthUnavailable = new(454, "4.7.0", "Temporary authentication failure, try again later");

    public static readonly Reply UnknownCommand = new(500, "5.5.2", "Command not recognized, HELP lists what is") { IsMistake = true };
    public static readonly Reply LineTooLong = new(500, "5.5.2", "Line too long (RFC 5321 section 4.5.3.1)") { IsMistake = true };
    public static readonly Reply AuthLineTooLong = new(500, "5.5.6", "Authentication exchange line is too long") { IsMistake = true };
    public static readonly Reply ThisIsLmtp = new(500, "5.5.1", "This is LMTP, send LHLO (RFC 2033)") { IsMistake = true };
    public static readonly Reply ThisIsSmtp = new(500, "5.5.1", "This is SMTP, send EHLO") { IsMistake = true };
    public static readonly Reply BadOctets = new(500, "5.5.2", "Control characters and text that is not UTF-8 are not allowed") { IsMistake = true };
    public static readonly Reply NotHttp = new(554, "5.5.1", "This is not an HTTP server") { Closes = true };
    public static readonly Reply NoArguments = new(501, "5.5.4", "No arguments allowed") { IsMistake = true };
    public static readonly Reply HelloNeedsDomain = new(501, "5.5.4", "Syntax: EHLO domain or address literal") { IsMistake = true };
    public static readonly Reply MailSyntax = new(501, "5.5.4", "Syntax: MAIL FROM:<address> [parameters]") { IsMistake = true };
    public static readonly Reply RcptSyntax = new(501, "5.5.4", "Syntax: RCPT TO:<address> [parameters]") { IsMistake = true };
    public static readonly Reply VrfySyntax = new(501, "5.5.4", "Syntax: VRFY address") { IsMistake = true };
    public static readonly Reply BdatSyntax = new(501, "5.5.4", "Syntax: BDAT octets [LAST]") { IsMistake = true };
    public static readonly Reply AuthSyntax = new(501, "5.5.4", "Syntax: AUTH mechanism [initial-response]") { IsMistake = true };
    public static readonly Reply XclientSyntax = new(501, "5.5.4", "Syntax: XCLIENT NAME|ADDR|PORT|PROTO|HELO|LOGIN|DESTADDR|DESTPORT=value") { IsMistake = true };
    public static readonly Reply BadReversePath = new(501, "5.1.7", "Bad sender address syntax, <local-part@domain> is meant (RFC 5321 section 4.1.2)") { IsMistake = true };
    public static readonly Reply BadForwardPath = new(501, "5.1.3", "Bad recipient address syntax, <local-part@domain> is meant (RFC 5321 section 4.1.2)") { IsMistake = true };
    public static readonly Reply BadParameterValue = new(501, "5.5.4", "Bad parameter value") { IsMistake = true };
    public static readonly Reply BadHoldTime = new(501, "5.5.4", "The moment of HOLDFOR or HOLDUNTIL is past, or further away than EHLO says");
    public static readonly Reply BadBase64 = new(501, "5.5.2", "Cannot decode the response, it must be base64 (RFC 4954 section 4)") { IsMistake = true };
    public static readonly Reply BadResponse = new(501, "5.5.2", "The response does not follow the rules of its mechanism, check the client's settings") { IsMistake = true };
    public static readonly Reply AuthCancelled = new(501, "5.7.0", "Authentication cancelled");
    public static readonly Reply NotImplemented = new(502, "5.5.1", "Command not implemented") { IsMistake = true };
    public static readonly Reply AuthNotOffered = new(502, "5.5.1", "Authentication is not offered here, use the submission port") { IsMistake = true };
    public static readonly Reply MailFirst = new(503, "5.5.1", "Need MAIL command") { IsMistake = true };
    public static readonly Reply NestedMail = new(503, "5.5.1", "Sender already given") { IsMistake = true };
    public static readonly Reply NotInTransaction = new(503, "5.5.1", "Not allowed during a mail transaction") { IsMistake = true };
    public static readonly Reply ChunksBegun = new(503, "5.5.1", "The message has begun by BDAT: send its next chunk, or RSET (RFC 3030)") { IsMistake = true };
    public static readonly Reply BinaryNeedsBdat = new(503, "5.5.1", "BODY=BINARYMIME needs BDAT (RFC 3030 section 3)") { IsMistake = true };
    public static readonly Reply TlsActive = new(503, "5.5.1", "TLS is active already") { IsMistake = true };
    public static readonly Reply AlreadyAuthenticated = new(503, "5.5.1", "Already authenticated") { IsMistake = true };
    public static readonly Reply UnknownMechanism = new(504, "5.5.4", "Unrecognized authentication mechanism, the reply to EHLO lists ours") { IsMistake = true };
    public static readonly Reply UnknownParameter = new(555, "5.5.4", "Parameter not recognized or not implemented, the reply to EHLO lists our extensions") { IsMistake = true };
    public static readonly Reply NeedsSmtputf8 = new(553, "5.6.7", "Non-ASCII address needs the parameter SMTPUTF8 at MAIL (RFC 6531)");

    public static readonly Reply AuthRequired = new(530, "5.7.0", "Authentication required, send AUTH first");
    public static readonly Reply AuthNeedsTls = new(538, "5.7.11", "Encryption required for authentication, send STARTTLS first");
    public static readonly Reply AuthFailed = new(535, "5.7.8", "Authentication credentials invalid, check user name and password");
    public static readonly Reply MessageTooLarge = new(552, "5.3.4", "Message size exceeds the limit, which the reply to EHLO names");
    public static readonly Reply NotYourAddress = new(553, "5.7.1", "Sender address not owned by the authenticated account, use its own address or an alias of it");
    public static readonly Reply XclientDenied = new(550, "5.7.0", "XCLIENT is not for you") { IsMistake = true };
    public static readonly Reply XclientLoginUnknown = new(535, "5.7.8", "XCLIENT LOGIN names no account here") { IsMistake = true };
    public static readonly Reply RelayDenied = new(550, "5.7.1", "Relaying denied, mail to other domains needs AUTH on the submission port");
    public static readonly Reply RequireTlsNeedsTls = new(530, "5.7.10", "REQUIRETLS is for sessions under TLS (RFC 8689 section 4.1): send STARTTLS first") { IsMistake = true };
    public static readonly Reply DeliverByTooSoon = new(
        554, "5.4.7", $"BY= with mode R needs at least {DeliverByParameter.MinSeconds} seconds, as EHLO says; ask for more, or for mode N");

    public static readonly Reply LmtpDenied = new(554, "5.7.1", "LMTP is for mail servers of our own network, use SMTP") { Closes = true };

    public static readonly Reply HeaderTooLong = new(552, "5.3.4", $"Message header is longer than {Message.SubmissionHeader.MaxOctets / 1024} KiB, too long to check");

    public static readonly Reply BodyHasNul = new(554, "5.6.0", "Message contains a NUL octet, encode it as base64");
    public static readonly Reply BodyHasBareCr = new(554, "5.6.0", "Message contains a bare CR (RFC 5321 section 2.3.8)");
    public static readonly Reply BodyHasBareLf = new(554, "5.6.0", "Message contains a bare LF (RFC 5321 section 2.3.8)");
    public static readonly Reply BodyLineTooLong = new(554, "5.6.0", "Message contains a line longer than allowed (RFC 5321 section 4.5.3.1.6)");

    public static Reply Greeting(string hostname, SmtpListener listener) => new(220, null, $"{hostname} {(listener.IsLmtp ? "LMTP" : "ESMTP")} MailMesh");

    /// <summary>RFC 2033 §4.2: over LMTP with code 503.</summary>
    public static Reply NoRecipients(SmtpListener listener) => new(listener.IsLmtp ? 503 : 554, "5.5.1", "No valid recipients, see the replies to RCPT") { IsMistake = true };

    public static Reply HelloFirst(SmtpListener listener) => new(503, "5.5.1", listener.IsLmtp ? "Send LHLO first" : "Send EHLO first") { IsMistake = true };

    public static Reply Hello(string hostname, string client) => new(250, null, $"{hostname} greets {client}");

    public static Reply Denied(string text) => new(554, "5.7.1", OneLine(text)) { Closes = true };

    public static Reply HelloNotBelieved(string fault) => new(550, "5.7.1", $"Name given in EHLO refused: {fault}");

    public static Reply AccountMessagesTooFast(string account) => new(450, "4.7.1", $"{account} sends more messages than it may in this time, try again later");

    public static Reply AccountRecipientsTooFast(string account) => new(450, "4.7.1", $"{account} sends to more recipients than it may in this time, try again later");

    public static Reply DomainTooFast(string domain) => new(450, "4.7.1", $"{domain} gets more mail than it takes in this time, try again later");

    /// <summary>RFC 7372: 5.7.25.</summary>
    public static Reply NoReverseName(IPAddress client) => new(550, "5.7.25", $"Client {client} has no name in the DNS: its operator has to publish a PTR record");

    /// <summary>RFC 7372: 5.7.25.</summary>
    public static Reply ReverseNameUnconfirmed(IPAddress client, string name) =>
        new(550, "5.7.25", $"Client {client} has the name {name} in the DNS, which does not lead back to it");

    /// <param name="lists">Their zones.</param>
    /// <param name="reason">The first list's own words.</param>
    public static Reply Listed(IPAddress client, string lists, string? reason) =>
        new(550, "5.7.1", OneLine($"Client {client} is listed by {lists}{(reason is null ? "" : $": {reason}")}"));

    /// <summary>RFC 7208 §8.4, RFC 7372: 5.7.23; the domain's explanation is marked as its words.</summary>
    public static Reply SpfFailed(string? explanation) => new(550, "5.7.23",
        OneLine(explanation is null ? "SPF: the client is no permitted sender of the domain" : $"SPF: the domain explains: {explanation}"));

    /// <summary>RFC 6710 §4.1, X.3.6: the text begins with the priority that the message has.</summary>
    public static Reply PriorityChanged(int priority) =>
        new(250, "2.3.6", $"{priority} is the priority of this message; to choose one, authenticate");

    public static Reply NoSuchUser(string address) => new(550, "5.1.1", $"<{address}>: no such user here");

    /// <summary>RFC 3463 §3.3: X.2.2. Its owner can make room, so the client may keep the message and try again.</summary>
    /// <summary>To one recipient over LMTP, whose replies name theirs.</summary>
    public static readonly Reply NoRoom = new(452, "4.2.2", "mailbox is full, or has no room for a message of this size");

    public static Reply MailboxFull(string address) => NoRoom with { Lines = [$"<{address}>: {NoRoom.Lines[0]}"] };

    public static Reply ChunkTaken(long octets) => new(250, "2.0.0", string.Create(CultureInfo.InvariantCulture, $"Ok: {octets} octets"));

    public static Reply QuotaUsedUp(string quota, string client) => new(452, "4.7.1", $"Quota of {quota} messages a day of {client} is used up, try again later or ask its operator for more");

    public static Reply SeveralFields(string name) => new(550, "5.6.0", $"Message has more than one {name} field, send one (RFC 5322 section 3.6)");

    public static Reply UnreadableField(string name) => new(550, "5.6.0", $"{name} field holds no address, too many, or one that cannot be read (RFC 5322 section 3.6.2)");

    public static Reply NotYourField(string name, string address) =>
        new(550, "5.7.1", $"{name} address <{OneLine(address)}> not owned by the authenticated account, use its own address, an alias of it, or have it granted");

    public static Reply Queued(string messageId) => new(250, "2.0.0", $"Ok: queued as {messageId}");

    public static Reply Held(string messageId, DateTimeOffset releaseAt) =>
        new(250, "2.0.0", string.Create(CultureInfo.InvariantCulture, $"Ok: queued as {messageId}, to be sent at {releaseAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"));

    public static Reply Challenge(string base64) => new(334, null, base64);

    /// <summary>Filtering's refusal; only a 5xx is one (promise 2: refused here, not bounced later).</summary>
    public static Reply Rejected(MessageVerdict verdict) => new(
        verdict.ReplyCode is >= 500 and <= 599 ? verdict.ReplyCode : 550,
        verdict.EnhancedStatus is { } enhanced && enhanced.StartsWith("5.", StringComparison.Ordinal) ? enhanced : "5.7.1",
        OneLine(verdict.ReplyText ?? "Message refused by the filter of this server"));

    /// <summary>Text from elsewhere never ends a reply line early, nor makes it longer than RFC 5321 §4.5.3.1.5 allows.</summary>
    private static string OneLine(string text)
    {
        var line = string.Create(Math.Min(text.Length, 400), text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = source[i] is < ' ' or > '~' ? ' ' : source[i];
        });
        return line.Trim();
    }
}
