using System.Runtime.InteropServices;

namespace MailMesh.Testing;

/// <summary>POSIX signals, which System.Diagnostics.Process cannot send.</summary>
internal static class Signal
{
    public const int Terminate = 15;

    public const int HangUp = 1;

    private const int Kill9 = 9;

    /// <summary>SIGKILL to a process that may be gone already.</summary>
    public static void Kill(int processId) => _ = Kill(processId, Kill9);

    public static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0)
            throw new InvalidOperationException($"Signal {signal} to {processId}: error {Marshal.GetLastPInvokeError()}.");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
