using System.Text;

namespace DaprLocal.PubSub;

/// <summary>daprd's choice of a partition on Kafka: FNV-1a of the key's UTF-8 as a signed number, absolute remainder.</summary>
internal static class Partitioner
{
    /// <summary>The partition of a key.</summary>
    public static int Of(string key, int partitions)
    {
        var hash = 2166136261;
        foreach (var b in Encoding.UTF8.GetBytes(key)) hash = (hash ^ b) * 16777619;
        return Math.Abs((int)hash % partitions);
    }
}
