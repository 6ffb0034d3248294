using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace MailMesh.Database;

/// <summary>A parameter's value as a database takes it.</summary>
internal static class ParameterValue
{
    /// <summary>Text that no database can hold is made one that it can.</summary>
    public static void Bind(DbParameter parameter, object? given)
    {
        var value = given switch
        {
            string text => StorableText.Of(text),
            string?[] texts => Array.ConvertAll(texts, text => text is null ? null : StorableText.Of(text)),
            _ => given,
        };
        parameter.Value = value ?? DBNull.Value;
    }

    /// <summary>PostgreSQL prepares for types; a null says nothing of its own.</summary>
    /// <returns>True where the type is another than before: what was prepared with it is to be prepared again.</returns>
    public static bool Bind(NpgsqlParameter parameter, object? given, ref NpgsqlDbType known)
    {
        Bind(parameter, given is int number ? (long)number : given);
        var type = TypeOf(parameter.Value, known);
        if (type == known)
            return false;
        parameter.NpgsqlDbType = known = type;
        return true;
    }

    private static NpgsqlDbType TypeOf(object? value, NpgsqlDbType known) => value switch
    {
        null or DBNull => known == default ? NpgsqlDbType.Text : known,
        string => NpgsqlDbType.Text,
        long => NpgsqlDbType.Bigint,
        bool => NpgsqlDbType.Boolean,
        byte[] => NpgsqlDbType.Bytea,
        double => NpgsqlDbType.Double,
        string?[] => NpgsqlDbType.Array | NpgsqlDbType.Text,
        long[] or long?[] => NpgsqlDbType.Array | NpgsqlDbType.Bigint,
        byte[][] => NpgsqlDbType.Array | NpgsqlDbType.Bytea,
        bool[] => NpgsqlDbType.Array | NpgsqlDbType.Boolean,
        _ => throw new ArgumentException($"No parameter can be a {value.GetType().Name}."),
    };
}
