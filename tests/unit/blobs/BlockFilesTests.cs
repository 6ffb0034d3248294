using MailMesh.Blobs;
using MailMesh.Testing;

namespace MailMesh.Unit.Tests.Blobs;

/// <summary>Blocks on the local disk: bounded, left to the next process, and never wrong.</summary>
public sealed class BlockFilesTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mailmesh-blocks-").FullName;
    private readonly List<BlockFiles> _open = [];
    private int _fetched;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var files in _open)
            await files.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_memory_gives_up_comes_from_the_disk()
    {
        var cache = new BlockCache(1500, FetchAsync, Files());
        for (var block = 0; block < 5; block++)
            Assert.Equal(Block("s1", block), await cache.GetAsync("s1", block, default));
        Assert.Equal(5, _fetched);
        await Wait.UntilAsync("the blocks on disk", () => Task.FromResult(_open[0].Octets == 4 * 1032));
        for (var block = 0; block < 4; block++)
            Assert.Equal(Block("s1", block), await cache.GetAsync("s1", block, default));
        Assert.Equal(5, _fetched);
    }

    [Fact]
    public async Task The_next_process_finds_what_is_there()
    {
        var first = Files();
        first.Add("o1/00003", 7, Block("o1/00003", 7));
        await first.DisposeAsync();
        var second = Files();
        await Wait.UntilAsync("what the first left", () => Task.FromResult(second.Octets > 0));
        Assert.Equal(Block("o1/00003", 7), await second.ReadAsync("o1/00003", 7));
        Assert.Null(await second.ReadAsync("o1/00003", 8));
    }

    [Fact]
    public async Task The_least_used_goes_when_there_is_no_more_room()
    {
        var files = Files(capacity: 3 * 1032);
        for (var block = 0; block < 3; block++)
            files.Add("s1", block, Block("s1", block));
        await Wait.UntilAsync("three blocks", () => Task.FromResult(files.Octets == 3 * 1032));
        Assert.NotNull(await files.ReadAsync("s1", 0));
        files.Add("s1", 3, Block("s1", 3));
        await Wait.UntilAsync("the fourth", async () => await files.ReadAsync("s1", 3) is not null);
        Assert.Null(await files.ReadAsync("s1", 1));
        Assert.NotNull(await files.ReadAsync("s1", 0));
        Assert.Equal(3 * 1032, Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(500)]
    [InlineData(1032)]
    public async Task What_is_damaged_is_not_here(int length)
    {
        var files = Files();
        files.Add("s1", 0, Block("s1", 0));
        await Wait.UntilAsync("the block", () => Task.FromResult(files.Octets > 0));
        var path = Assert.Single(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories));
        var octets = await File.ReadAllBytesAsync(path);
        octets[^1] ^= 1;
        await File.WriteAllBytesAsync(path, octets[..length]);
        Assert.Null(await files.ReadAsync("s1", 0));
        Assert.Equal(0, files.Octets);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Objects_are_forgotten_by_the_start_of_their_names()
    {
        var files = Files();
        files.Add("o1/00000", 0, Block("a", 0));
        files.Add("o2/00000", 0, Block("b", 0));
        await Wait.UntilAsync("both", () => Task.FromResult(files.Octets == 2 * 1032));
        Assert.True(files.Forget("o1"));
        Assert.False(files.Forget("o1"));
        Assert.Null(await files.ReadAsync("o1/00000", 0));
        Assert.NotNull(await files.ReadAsync("o2/00000", 0));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_is_no_fault()
    {
        var path = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(path, "");
        var files = new BlockFiles(Path.Combine(path, "below"), 1 << 20);
        var cache = new BlockCache(0, FetchAsync, files);
        Assert.Equal(Block("s1", 0), await cache.GetAsync("s1", 0, default));
        Assert.Equal(Block("s1", 0), await cache.GetAsync("s1", 0, default));
        await files.DisposeAsync();
        Assert.Equal(0, files.Octets);
    }

    private BlockFiles Files(long capacity = 1 << 20)
    {
        var files = new BlockFiles(_folder, capacity);
        _open.Add(files);
        return files;
    }

    private Task<byte[]> FetchAsync(string key, long block)
    {
        Interlocked.Increment(ref _fetched);
        return Task.FromResult(Block(key, block));
    }

    /// <summary>A thousand octets that no other block has.</summary>
    private static byte[] Block(string key, long block)
    {
        var octets = new byte[1000];
        new Random(HashCode.Combine(key, block)).NextBytes(octets);
        return octets;
    }
}
