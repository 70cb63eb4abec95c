namespace DaprLocal.Tests.State;

/// <summary>The recorded cases that dapr-local answers differently, each with its reason. The player fails when one is missing here or no longer differs.</summary>
internal static class StateDifferences
{
    private const string Grpc = "the gRPC library words its size limit otherwise; the status is the same";
    private const string Empty = "daprd's in-memory store reads an empty value as missing over HTTP; here it is a value, as in the other stores";

    private static readonly Dictionary<string, Dictionary<string, string>> Known = new()
    {
        ["sqlite-grpc"] = new() { ["too_large"] = Grpc, ["bulk_large"] = Grpc },
        ["in-memory-grpc"] = new() { ["too_large"] = Grpc, ["bulk_large"] = Grpc, ["bytes_empty"] = Empty },
        ["sqlite-http"] = new()
        {
            ["key_nul"] = "the web server refuses a path with %00",
            ["bulk_duplicates"] = "daprd adds an item with an empty key for each duplicate that collapsed; not copied",
        },
        ["in-memory-http"] = new() { ["key_nul"] = "the web server refuses a path with %00" },
    };

    /// <summary>Case name to reason for a recording.</summary>
    public static IReadOnlyDictionary<string, string> Of(string file) => Known[file];
}
