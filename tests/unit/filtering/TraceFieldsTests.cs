using System.Text;
using CsCheck;
using MailMesh.Contracts;
using MailMesh.Filtering;

namespace MailMesh.Unit.Tests.Filtering;

public class TraceFieldsTests
{
    private static readonly Verdict WithFindings = new(Disposition.Accept, 0, null, [],
    [
        new Finding { Result = "pass", AuthenticationResults = ["spf=pass smtp.mailfrom=example.net"], TraceField = "Received-SPF: pass (mail.example.com: 'mx' of example.net matches) client-ip=192.0.2.3; envelope-from=\"sender@example.net\";" },
        new Finding { Result = "none", AuthenticationResults = ["dkim=none"] },
    ]);

    private readonly TraceFields _fields = new("mail.example.com");

    [Fact]
    public void A_delivered_message_says_for_whom_it_came_and_what_was_checked() => Assert.Equal(
        """
        Return-Path: <sender@example.net>
        Authentication-Results: mail.example.com; spf=pass smtp.mailfrom=example.net;
        	dkim=none
        Received-SPF: pass (mail.example.com: 'mx' of example.net matches)
        	client-ip=192.0.2.3; envelope-from="sender@example.net";

        """.ReplaceLineEndings("\r\n"),
        _fields.ForDelivery(Received.Message(), WithFindings));

    [Fact]
    public void A_relayed_message_has_no_return_path()
    {
        Assert.StartsWith("Authentication-Results: mail.example.com;", _fields.ForRelay(Received.Message(), WithFindings));
        Assert.Equal("", _fields.ForRelay(Received.Message().Authenticated(), WithFindings));
        Assert.Equal("", _fields.ForRelay(Received.Message().FromRelayClient(), WithFindings));
    }

    [Fact]
    public void A_null_reverse_path_stays_one() =>
        Assert.Equal("Return-Path: <>\r\n", _fields.ForDelivery(Received.Message("", ""), Received.Verdict()));

    [Fact]
    public void Without_findings_the_field_says_so() =>
        Assert.EndsWith("\r\nAuthentication-Results: mail.example.com; none\r\n", _fields.ForDelivery(Received.Message(), Received.Verdict()));

    /// <summary>What others wrote never ends a field or a header, and folding loses nothing.</summary>
    [Fact]
    public void Folding_keeps_every_word_and_makes_no_line_that_is_no_continuation() => Gen.String.Sample(text =>
    {
        var folded = new StringBuilder();
        TraceFields.Fold(folded, "X-Field: " + text);
        var lines = folded.ToString().Split("\r\n");
        Assert.Equal("", lines[^1]);
        Assert.All(lines[..^1], line => Assert.DoesNotContain(line, c => c is '\r' or '\n'));
        Assert.StartsWith("X-Field: ", lines[0]);
        Assert.All(lines[1..^1], line => Assert.True(line.Length > 1 && line[0] == '\t' && line.Trim(' ', '\t').Length > 0, $"'{line}'"));
    });

    /// <summary>Blanks of the kind that a random text seldom has.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(100)]
    public void Runs_of_blanks_make_no_line_of_their_own(int word)
    {
        var folded = new StringBuilder();
        TraceFields.Fold(folded, $"X-Field: {new string('w', word)}{new string(' ', 200)}end{new string(' ', 200)}");
        var lines = folded.ToString().Split("\r\n");
        Assert.All(lines[1..^1], line => Assert.Matches(@"^\t *\S", line));
        Assert.EndsWith("end", lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void Long_fields_fold_at_78()
    {
        var folded = new StringBuilder();
        TraceFields.Fold(folded, "X-Field: " + string.Join(' ', Enumerable.Repeat("word", 200)));
        Assert.All(folded.ToString().Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
    }
}
