using System.Buffers.Binary;

namespace OrderInventory.Bench.Systems;

/// <summary>
/// What a power cut leaves of a write that nobody was told of: its first part, behind all that was synced. Whoever opens
/// the file next has to recognise it and cut it off. PostgreSQL writes its log into files of a fixed size, so that nothing
/// can be added behind; it is killed only.
/// </summary>
internal static class TornWrite
{
    /// <summary>The servers of <see cref="OfServer"/>.</summary>
    public static readonly IReadOnlyList<string> Servers = ["kafka", "redis"];

    // The head of a frame of SQLite's log, and a part of its page.
    private static readonly byte[] Frame = [0, 0, 0, 2, 0, 0, 0, 9, .. new byte[16], .. Enumerable.Repeat((byte)0x5A, 1000)];

    // A command of Redis's log that ends in the middle of its key.
    private static readonly byte[] Command = "*3\r\n$3\r\nSET\r\n$20\r\norder-ap"u8.ToArray();

    /// <summary>Of dapr-local's databases below a folder.</summary>
    public static void OfSidecars(string folder)
    {
        foreach (var log in Directory.EnumerateFiles(folder, "*.db-wal", SearchOption.AllDirectories)) Append(log, Frame);
    }

    /// <summary>Of a server of <c>eng/servers</c> with its data in a folder.</summary>
    public static void OfServer(string name, string folder)
    {
        switch (name)
        {
            case "redis":
                foreach (var log in Directory.EnumerateFiles(folder, "*.incr.aof", SearchOption.AllDirectories)) Append(log, Command);
                break;
            case "kafka":
                foreach (var partition in Directory.EnumerateDirectories(Path.Combine(folder, "data"), "*-*").Where(partition => !Path.GetFileName(partition).StartsWith("__", StringComparison.Ordinal)))
                    if (Directory.EnumerateFiles(partition, "*.log").Max(StringComparer.Ordinal) is { } log) Append(log, Batch());
                break;
        }
    }

    // Offset and length of a batch of records that is not all there.
    private static byte[] Batch()
    {
        var batch = new byte[40];
        BinaryPrimitives.WriteInt64BigEndian(batch, int.MaxValue);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), 500);
        return batch;
    }

    private static void Append(string file, byte[] bytes)
    {
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write);
        stream.Write(bytes);
    }
}
