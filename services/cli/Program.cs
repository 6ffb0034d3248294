using MailMesh.Cli;

return await CommandLine.RunAsync(args, Terminal.OfThisProcess());
