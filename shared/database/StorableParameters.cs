using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MailMesh.Database;

/// <summary>Makes the texts that EF Core sends such as the database can hold, as <see cref="DatabaseSession"/> does.</summary>
internal sealed class StorableParameters : DbCommandInterceptor
{
    public static readonly StorableParameters Instance = new();

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Clean(command);
        return new(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Clean(command);
        return new(result);
    }

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        Clean(command);
        return new(result);
    }

    private static void Clean(DbCommand command)
    {
        foreach (DbParameter parameter in command.Parameters)
        {
            if (parameter.Value is string text)
                parameter.Value = StorableText.Of(text);
        }
    }
}
