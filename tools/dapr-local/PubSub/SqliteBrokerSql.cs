namespace DaprLocal.PubSub;

/// <summary>The file of <see cref="SqliteBroker"/>.</summary>
internal static class SqliteBrokerSql
{
    /// <summary>The tables.</summary>
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS topic (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS message (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            topic INTEGER NOT NULL REFERENCES topic (id),
            partition INTEGER NOT NULL,
            position INTEGER NOT NULL,
            key TEXT,
            time INTEGER NOT NULL,
            headers BLOB,
            body BLOB NOT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS message_position ON message (topic, partition, position);
        CREATE TABLE IF NOT EXISTS consumed (
            consumer_group TEXT NOT NULL,
            topic INTEGER NOT NULL REFERENCES topic (id),
            partition INTEGER NOT NULL,
            next INTEGER NOT NULL,
            PRIMARY KEY (consumer_group, topic, partition)) WITHOUT ROWID;
        """;

    /// <summary>Adds a topic unless it is there.</summary>
    public const string CreateTopic = "INSERT OR IGNORE INTO topic (name, partitions) VALUES ($1, $2)";

    /// <summary>The id of a topic.</summary>
    public const string TopicId = "SELECT id FROM topic WHERE name = $1";

    /// <summary>All topics.</summary>
    public const string Topics = "SELECT id, name, partitions FROM topic";

    /// <summary>The next offset of every partition that has been written or read.</summary>
    public const string Heads = """
        SELECT topic, partition, MAX(next) FROM (
            SELECT topic, partition, MAX(position) + 1 AS next FROM message GROUP BY topic, partition
            UNION ALL SELECT topic, partition, next FROM consumed)
        GROUP BY topic, partition
        """;

    /// <summary>Appends a record.</summary>
    public const string Append = "INSERT INTO message (topic, partition, position, key, time, headers, body) VALUES ($1, $2, $3, $4, $5, $6, $7)";

    /// <summary>Records of a partition.</summary>
    public const string Read = "SELECT sequence, position, key, time, headers, body FROM message WHERE topic = $1 AND partition = $2 AND position >= $3 ORDER BY position LIMIT $4";

    /// <summary>Where a group goes on.</summary>
    public const string Offsets = "SELECT partition, next FROM consumed WHERE consumer_group = $1 AND topic = $2";

    /// <summary>Saves where a group goes on.</summary>
    public const string SaveOffset = "INSERT OR REPLACE INTO consumed (consumer_group, topic, partition, next) VALUES ($1, $2, $3, $4)";

    /// <summary>Removes the oldest records of a partition up to the first that is young enough.</summary>
    public const string Sweep = """
        DELETE FROM message WHERE sequence IN (
            SELECT sequence FROM message WHERE topic = $1 AND partition = $2 AND position < $5
                AND position < COALESCE((SELECT position FROM message WHERE topic = $1 AND partition = $2 AND time >= $3 ORDER BY position LIMIT 1), $5)
            ORDER BY position LIMIT $4)
        """;
}
