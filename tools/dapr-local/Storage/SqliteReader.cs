using Microsoft.Data.Sqlite;

namespace DaprLocal.Storage;

/// <summary>A connection that keeps its prepared statements. Not thread-safe: use it inside the callback that got it.</summary>
internal class SqliteReader(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    /// <summary>
    /// The prepared statement for <paramref name="sql"/>, with <paramref name="values"/> bound to <c>$1</c>, <c>$2</c>, …
    /// (null becomes NULL). Dispose the data readers it returns, not the command.
    /// </summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are constants of this program.
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < values.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = "$" + (i + 1) });
            command.Prepare();
            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    /// <summary>Closes the connection and its statements.</summary>
    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        connection.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The one connection that writes; every call runs inside the transaction of its group commit.</summary>
internal sealed class SqliteWriter(SqliteConnection connection) : SqliteReader(connection);
