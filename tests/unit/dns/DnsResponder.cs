using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailMesh.Unit.Tests.Dns;

/// <summary>A DNS server for one test: answers each question over UDP and TCP by what the test says, in wire format (RFC 1035 §4).</summary>
internal sealed class DnsResponder : IAsyncDisposable
{
    private const int Truncated = 0x0200;

    private readonly Func<string, int, Answer?> _answer;
    private readonly UdpClient _udp;
    private readonly TcpListener _tcp;
    private readonly Task _serving;
    private int _questions;

    /// <param name="answer">Name and type to answer; null for silence.</param>
    public DnsResponder(Func<string, int, Answer?> answer)
    {
        _answer = answer;
        _tcp = new TcpListener(IPAddress.Loopback, 0);
        _tcp.Start();
        _udp = new UdpClient((IPEndPoint)_tcp.LocalEndpoint);
        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public IPEndPoint Address => (IPEndPoint)_tcp.LocalEndpoint;

    public int Questions => _questions;

    public async ValueTask DisposeAsync()
    {
        _udp.Dispose();
        _tcp.Dispose();
        await _serving.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private async Task ServeUdpAsync()
    {
        while (true)
        {
            var received = await _udp.ReceiveAsync();
            if (Respond(received.Buffer, udp: true) is { } response)
                await _udp.SendAsync(response, received.RemoteEndPoint);
        }
    }

    private async Task ServeTcpAsync()
    {
        while (true)
        {
            using var client = await _tcp.AcceptTcpClientAsync();
            var stream = client.GetStream();
            var length = new byte[2];
            await stream.ReadExactlyAsync(length);
            var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(query);
            if (Respond(query, udp: false) is not { } response)
                continue;
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)response.Length);
            await stream.WriteAsync((byte[])[.. length, .. response]);
        }
    }

    private byte[]? Respond(byte[] query, bool udp)
    {
        Interlocked.Increment(ref _questions);
        var (name, end) = ReadName(query, 12);
        var type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(end));
        if (_answer(name, type) is not { } answer)
            return null;
        var truncate = udp && answer.TruncateOverUdp;
        var records = truncate ? [] : answer.Records;
        var response = new List<byte>(query[..2]);
        AddNumber(response, 0x8180 | answer.Code | (truncate ? Truncated : 0));
        foreach (var count in (int[])[1, records.Length, 0, 0])
            AddNumber(response, count);
        response.AddRange(query[12..(end + 4)]);
        foreach (var record in records)
            AddRecord(response, record);
        return [.. response];
    }

    private static void AddRecord(List<byte> response, Record record)
    {
        response.AddRange(Name(record.Owner));
        AddNumber(response, record.Type);
        AddNumber(response, 1);
        response.AddRange([0, 0, 0, 60]);
        AddNumber(response, record.Data.Length);
        response.AddRange(record.Data);
    }

    private static void AddNumber(List<byte> octets, int number) => octets.AddRange([(byte)(number >> 8), (byte)number]);

    private static (string Name, int End) ReadName(byte[] message, int at)
    {
        var labels = new List<string>();
        for (; message[at] != 0; at += message[at] + 1)
            labels.Add(Encoding.ASCII.GetString(message, at + 1, message[at]));
        return (string.Join('.', labels), at + 1);
    }

    private static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    /// <param name="Code">RFC 1035 §4.1.1 RCODE.</param>
    internal sealed record Answer(int Code, params Record[] Records)
    {
        public bool TruncateOverUdp { get; init; }
    }

    internal sealed record Record(string Owner, int Type, byte[] Data)
    {
        public static Record A(string owner, string address) => new(owner, 1, IPAddress.Parse(address).GetAddressBytes());

        public static Record Cname(string owner, string target) => new(owner, 5, Name(target));

        public static Record Mx(string owner, int preference, string host) => new(owner, 15, [(byte)(preference >> 8), (byte)preference, .. Name(host)]);

        public static Record Txt(string owner, params string[] strings) =>
            new(owner, 16, [.. strings.SelectMany(text => (byte[])[(byte)text.Length, .. Encoding.UTF8.GetBytes(text)])]);

        public static Record Ptr(string owner, string name) => new(owner, 12, Name(name));
    }
}
