using System.Globalization;
using MailMesh.AdminApi;
using Microsoft.AspNetCore.Http;

namespace MailMesh.Admin;

/// <summary>Which part of a list a request wants: limit=N&amp;after=MARK.</summary>
/// <param name="After">The mark that the page before gave; null for the first page.</param>
internal sealed record PageQuery(int Limit, string? After)
{
    /// <summary>No address has one, whatever its quotes hold.</summary>
    private const char Divider = '\n';

    /// <summary>The mark of rows that have two addresses for a key; empty ones for the first page.</summary>
    public (string First, string Second) AfterPair => (After ?? "").Split(Divider, 2) is [var first, var second] ? (first, second) : (After ?? "", "");

    /// <summary>What <see cref="AfterPair"/> reads.</summary>
    public static string PairOf(string first, string second) => first + Divider + second;

    /// <returns>The page, or the refusal.</returns>
    public static (PageQuery? Page, IResult? Refusal) Read(HttpContext http)
    {
        var after = http.Request.Query["after"].FirstOrDefault();
        if (http.Request.Query["limit"].FirstOrDefault() is not { } text)
            return (new PageQuery(Page<string>.DefaultLimit, after), null);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= Page<string>.MaxLimit
            ? (new PageQuery(limit, after), null)
            : (null, Replies.BadRequest($"limit is '{text}', but takes a whole number from 1 to {Page<string>.MaxLimit}."));
    }

    /// <summary>A page of rows of which one more than the limit was asked for.</summary>
    /// <param name="mark">What 'after' names a row by.</param>
    public Page<TView> Of<TRow, TView>(IReadOnlyList<TRow> rows, Func<TRow, string> mark, Func<TRow, TView> view) =>
        rows.Count > Limit
            ? new Page<TView>([.. rows.Take(Limit).Select(view)], mark(rows[Limit - 1]))
            : new Page<TView>([.. rows.Select(view)], null);
}
