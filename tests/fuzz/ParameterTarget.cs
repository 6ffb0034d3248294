using System.Text;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Fuzz;

/// <summary>The parameters behind a path.</summary>
internal static class ParameterTarget
{
    public static void Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (!EsmtpParameter.TryReadAll(text, out var parameters))
            return;
        BrokenPromiseException.Unless(parameters.DistinctBy(parameter => parameter.Keyword).Count() == parameters.Count, "No keyword comes twice.");
        foreach (var (keyword, value) in parameters)
        {
            BrokenPromiseException.Unless(keyword.Length > 0 && keyword.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '-'), $"'{keyword}' is no keyword.");
            BrokenPromiseException.Unless(value is null || (value.Length > 0 && value.All(c => c is > ' ' and not '=' and not '\x7f')), $"'{value}' is no value.");
        }
        var written = string.Concat(parameters.Select(parameter => parameter.Value is null ? $" {parameter.Keyword}" : $" {parameter.Keyword}={parameter.Value}"));
        BrokenPromiseException.Unless(EsmtpParameter.TryReadAll(written, out var again) && again.SequenceEqual(parameters), $"'{written}' reads otherwise than it was written.");
    }
}
