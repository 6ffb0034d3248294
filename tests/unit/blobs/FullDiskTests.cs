using System.Diagnostics;
using MailMesh.Blobs;
using static MailMesh.Testing.StoredBodies;

namespace MailMesh.Unit.Tests.Blobs;

/// <summary>A file system of one MiB fills up: writers are told, nothing durable is harmed, and it goes on when there is room.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mailmesh-full-").FullName;
    private readonly bool _mounted;

    public FullDiskTests() => _mounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _folder);

    public void Dispose()
    {
        if (_mounted)
            Run("umount", "-l", _folder);
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(900_000)]
    public async Task Full_disk_is_an_error_and_room_makes_it_good(int size)
    {
        if (!_mounted)
            return; // only root may mount; the suite runs as root where it matters
        var store = PackBlobStore.OnFiles(_folder);
        var references = new List<(string Reference, int Seed)>();
        var seed = 0;
        for (; ; seed++)
        {
            try
            {
                references.Add((await PutAsync(store, Noise(size, seed)), seed));
            }
            catch (IOException)
            {
                break;
            }
        }
        await Assert.ThrowsAnyAsync<IOException>(() => Task.WhenAll(Enumerable.Range(0, 5).Select(i => PutAsync(store, Noise(size, i)))));
        if (size < 500_000)
            Assert.NotEmpty(references);
        foreach (var (reference, bodySeed) in references)
            Assert.Equal(Noise(size, bodySeed), await GetAsync(store, reference));

        // Room comes back; the same store takes bodies again, and what failed left nothing.
        foreach (var pack in references.Select(r => store.PackOf(r.Reference)).Distinct())
            await store.DeleteAsync(pack);
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
        await store.CheckAsync();
        var after = await PutAsync(store, Noise(size, 1000));
        Assert.Equal(Noise(size, 1000), await GetAsync(store, after));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Check_fails_on_a_full_disk()
    {
        if (!_mounted)
            return;
        await using var store = PackBlobStore.OnFiles(_folder);
        await store.CheckAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => File.WriteAllBytesAsync(Path.Combine(_folder, "filler"), new byte[2_000_000]));
        await Assert.ThrowsAnyAsync<IOException>(() => store.CheckAsync());
    }

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
