using MailMesh.Bench;

try
{
    var options = BenchOptions.Parse(args);
    var report = new Report(options);
    if (options.Smtp)
    {
        await report.MeasureIdleSmtpAsync();
        return 0;
    }
    if (options.Growth)
    {
        await report.MeasureGrowthAsync();
        return 0;
    }
    if (options.Accept)
    {
        await report.MeasureAcceptAsync();
        return 0;
    }
    if (options.Mesh)
    {
        foreach (var copies in new[] { 1, options.Copies }.Distinct())
        {
            await using var mesh = await MeshSystem.StartAsync(copies, options.Accounts);
            await report.MeasureAsync(mesh);
        }
    }
    else
    {
        await using var standalone = await MailMeshSystem.StartAsync(options.Accounts);
        await report.MeasureAsync(standalone);
    }
    if (options.Peer && PostfixDovecot.IsInstalled)
    {
        await using var peer = await PostfixDovecot.StartAsync(options.Accounts);
        await report.MeasureAsync(peer);
    }
    report.PrintRatio();
    return 0;
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
