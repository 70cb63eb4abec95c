using System.Buffers.Binary;
using static DaprLocal.Tests.Workflows.EngineCalls;

namespace DaprLocal.Tests.Workflows;

/// <summary>
/// What a crash can leave of a SQLite file: the file as it was opened, and its write-ahead log cut off after each
/// transaction, with a torn piece of the next one behind it (https://sqlite.org/fileformat2.html, section 4).
/// </summary>
internal static class CrashImages
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const int TornBytes = 100;

    /// <summary>Paths of copies, one for each transaction in the log of an open database, the oldest first; every transaction since it was opened must still be there.</summary>
    public static IReadOnlyList<string> Of(string path)
    {
        var file = Copy(path);
        var log = Copy(path + "-wal");
        return [.. Commits(log).Select(end =>
        {
            var image = NewPath();
            File.WriteAllBytes(image, file);
            File.WriteAllBytes(image + "-wal", log[..Math.Min(end + TornBytes, log.Length)]);
            return image;
        })];
    }

    // A frame that ends a transaction carries the size of the file after it; frames of an older round of the log have other salts.
    private static IEnumerable<int> Commits(byte[] log)
    {
        var frame = FrameHeaderBytes + (int)BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(8));
        var salts = log[16..24];
        for (var start = HeaderBytes; start + frame <= log.Length && log.AsSpan(start + 8, 8).SequenceEqual(salts); start += frame)
            if (BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(start + 4)) > 0) yield return start + frame;
    }

    private static byte[] Copy(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
