using System.ComponentModel;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class NewBanSettings : BanSettings
{
    [CommandOption("--for <TIME>")]
    [Description("How long, as in 01:00:00 or 7.00:00:00; until it is removed by default")]
    public string? For { get; init; }

    [CommandOption("--reason <TEXT>")]
    [Description("Why, for whoever lists bans")]
    public string? Reason { get; init; }

    /// <summary>Null: until it is removed.</summary>
    public TimeSpan? Time => TimeSpan.TryParse(For, CultureInfo.InvariantCulture, out var time) ? time : null;

    public override ValidationResult Validate() =>
        For is null || (For.Contains(':', StringComparison.Ordinal) && Time > TimeSpan.Zero) ? ValidationResult.Success() : ValidationResult.Error("--for takes a span of time such as 01:00:00.");
}
