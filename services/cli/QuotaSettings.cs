using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class QuotaSettings : AddressSettings
{
    [CommandOption("--octets <N>")]
    [Description("Most octets, 0 for no limit; as it is by default")]
    public long? Octets { get; init; }

    [CommandOption("--messages <N>")]
    [Description("Most messages, 0 for no limit; as it is by default")]
    public long? MaxMessages { get; init; }

    public override Spectre.Console.ValidationResult Validate() => (Octets ?? MaxMessages) is null
        ? Spectre.Console.ValidationResult.Error("Give --octets, --messages or both.")
        : base.Validate();
}
