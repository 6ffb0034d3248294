namespace MailMesh.Unit.Tests.Smtp;

/// <summary>Every sequence of the octets out of which an end of data can be made, or faked.</summary>
internal static class Forms
{
    private static readonly byte[] Octets = [(byte)'\r', (byte)'\n', (byte)'.', 0, (byte)'x'];

    public static IEnumerable<byte[]> UpTo(int length)
    {
        yield return [];
        for (var size = 1; size <= length; size++)
        {
            for (var number = 0; number < Math.Pow(Octets.Length, size); number++)
                yield return Form(number, size);
        }
    }

    private static byte[] Form(int number, int size)
    {
        var form = new byte[size];
        for (var i = 0; i < size; i++, number /= Octets.Length)
            form[i] = Octets[number % Octets.Length];
        return form;
    }
}
