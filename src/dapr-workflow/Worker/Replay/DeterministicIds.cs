using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>
/// Ids that look random, are the same in every replay, and differ between two executions under one instance id:
/// name-based UUIDs (version 5) in the namespace of the execution id that the history records.
/// </summary>
internal sealed class DeterministicIds
{
    private static readonly Guid Fallback = new("6f927a2e-9c7e-4a1d-9b8d-7a86f2e7f62f");

    private readonly Guid _namespace;
    private readonly string _instanceId;
    private int _guids;

    /// <summary>Seeds from the start event. Both ids come from it and not from the request, because a rerun copies the event to another instance.</summary>
    public DeterministicIds(string instanceId, string? executionId)
    {
        _instanceId = instanceId;
        _namespace = string.IsNullOrEmpty(executionId) ? NameBased(Fallback, instanceId)
            : Guid.TryParse(executionId, out var id) ? id
            : NameBased(Fallback, executionId);
    }

    /// <summary>The next id for workflow code.</summary>
    public Guid NextGuid() => NameBased(_namespace, string.Create(CultureInfo.InvariantCulture, $"{_instanceId}_{_guids++}"));

    /// <summary>The idempotency key of an activity call; one for all attempts of a retry chain.</summary>
    /// <param name="firstActionId">The action id of the first attempt.</param>
    /// <param name="name">The name of the activity.</param>
    public string ExecutionKey(int firstActionId, string name) =>
        NameBased(_namespace, string.Create(CultureInfo.InvariantCulture, $"{_instanceId}|activity|{firstActionId}|{name}")).ToString("N");

    /// <summary>RFC 9562 version 5.</summary>
    internal static Guid NameBased(Guid space, string name)
    {
        var size = 16 + Encoding.UTF8.GetByteCount(name);
        Span<byte> data = size <= 512 ? stackalloc byte[size] : new byte[size];
        space.TryWriteBytes(data, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, data[16..]);

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The algorithm of version 5; nothing is protected by it.
        SHA1.HashData(data, hash);
#pragma warning restore CA5350
        var version = BinaryPrimitives.ReadUInt16BigEndian(hash[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(hash[6..], (ushort)((version & 0x0FFF) | 0x5000));
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
