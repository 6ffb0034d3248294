using System.Runtime.InteropServices;

namespace MailMesh.Hosting.Tls;

/// <summary>
/// Has OpenSSL give back a connection's record buffers, 16 KiB each way, whenever they are empty, as nginx, Apache and Python do (SSL_MODE_RELEASE_BUFFERS). SslStream
/// leaves that mode off and shows nobody its contexts; but OpenSSL calls whoever has a number for data of contexts at each one that is made.
/// </summary>
internal static class OpenSslBuffers
{
    /// <summary>CRYPTO_EX_INDEX_SSL_CTX of openssl/crypto.h.</summary>
    private const int OfContexts = 1;

    /// <summary>SSL_CTRL_MODE of openssl/ssl.h.</summary>
    private const int ModeCommand = 33;

    /// <summary>SSL_MODE_RELEASE_BUFFERS.</summary>
    private const nint ReleaseBuffers = 0x10;

    private static readonly Lazy<bool> Released = new(Hook);

    /// <summary>Kept, since OpenSSL has its address for as long as the process runs.</summary>
    private static ContextMade? _onContext;

    private delegate void ContextMade(nint context, nint data, nint all, int number, nint argument, nint pointer);

    private delegate int NewNumber(int kind, nint argument, nint pointer, ContextMade made, nint copied, nint freed);

    private delegate nint ControlContext(nint context, int command, nint mode, nint pointer);

    /// <summary>In every context that is made from now on.</summary>
    /// <returns>False where SslStream stands on no OpenSSL 3, which costs memory and nothing else.</returns>
    public static bool ReleaseWhenIdle() => Released.Value;

    private static bool Hook()
    {
        if (!OperatingSystem.IsLinux()
            || !NativeLibrary.TryLoad("libcrypto.so.3", out var crypto) || !NativeLibrary.TryGetExport(crypto, "CRYPTO_get_ex_new_index", out var newNumber)
            || !NativeLibrary.TryLoad("libssl.so.3", out var ssl) || !NativeLibrary.TryGetExport(ssl, "SSL_CTX_ctrl", out var controlContext))
            return false;
        var control = Marshal.GetDelegateForFunctionPointer<ControlContext>(controlContext);
        _onContext = (context, _, _, _, _, _) => control(context, ModeCommand, ReleaseBuffers, 0);
        return Marshal.GetDelegateForFunctionPointer<NewNumber>(newNumber)(OfContexts, 0, 0, _onContext, 0, 0) >= 0;
    }
}
