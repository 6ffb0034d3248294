using MailMesh.Database;
using Microsoft.EntityFrameworkCore;

namespace MailMesh.Hosting;

/// <summary>The database can be used when it answers and has our schema.</summary>
internal sealed class DatabaseDependency(MailDatabase database, MailMeshOptions options, SchemaGate schema) : IDependency
{
    private bool _schemaSeen;

    public string Name => "database";

    public string? Setting => options.Mesh is null ? null : SettingException.NameOf(MeshOptions.PostgresKey);

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (!_schemaSeen)
            await FindSchemaAsync(cancellationToken);
        await database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM (SELECT 1 FROM domains LIMIT 1) AS probe"));
    }

    private async Task FindSchemaAsync(CancellationToken cancellationToken)
    {
        var missing = await database.QueryAsync(async context => (await context.Database.GetPendingMigrationsAsync(cancellationToken)).ToList());
        var applied = missing.Count == 0 || (await database.QueryAsync(context => context.Database.GetAppliedMigrationsAsync(cancellationToken))).Any();
        if (missing.Count > 0 && schema.Fault is { } fault)
            throw new IOException("the schema could not be made", fault);
        if (missing.Count > 0)
            throw new SchemaMissingException(applied
                ? $"the database's schema is older than this version ({missing[0]} is missing): start storage of this version"
                : "the database has no MailMesh schema yet: start storage");
        _schemaSeen = true;
        schema.Open();
    }
}

/// <summary>The database answers and lacks what this version needs.</summary>
internal sealed class SchemaMissingException(string message) : Exception(message);
