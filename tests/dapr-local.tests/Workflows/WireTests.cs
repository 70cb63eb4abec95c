using System.Text.Json;
using Dapr.TaskHub.Protos;
using Google.Protobuf.Reflection;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Workflows;

/// <summary>The .proto set against the bytes that daprd 1.18.3 and its clients exchanged.</summary>
public sealed class WireTests
{
    private static readonly Dictionary<string, MethodDescriptor> Methods = TaskHubSidecarService.Descriptor.Methods.ToDictionary(method => method.Name);

    // Messages in which the recorder sent fields that the protocol has dropped.
    private static readonly string[] SentOnPurpose = ["start.json reuse-policy StartInstance", "worker.json old-request-fields GetWorkItems"];

    [Fact]
    public void Service_HasNoPackage_AndEveryRpc()
    {
        Assert.Equal("TaskHubSidecarService", TaskHubSidecarService.Descriptor.FullName);
        Assert.Equal(17, Methods.Count);
    }

    [Fact]
    public void RecordedMessages_AreReadWithoutARest()
    {
        var messages = Recorded().ToArray();

        Assert.True(messages.Length > 2000);
        // A field with another number or type would be unknown, be dropped here, and be missing in the size.
        var differing = messages.Where(message => message.Type.Parser.WithDiscardUnknownFields(true).ParseFrom(message.Bytes).CalculateSize() != message.Bytes.Length);
        Assert.Equal(SentOnPurpose, differing.Select(message => message.Where).Order());
    }

    // The Python SDK spoke another version of the protocol (a router in every action); what it said is played by the tests of the engine.
    private const string OtherProtocol = "sdk-python.json";

    private static IEnumerable<(string Where, byte[] Bytes, MessageDescriptor Type)> Recorded()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests/dapr-local.tests/golden/workflow"), "*.json").Where(file => Path.GetFileName(file) != OtherProtocol))
        {
            using var recording = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var @case in recording.RootElement.GetProperty("cases").EnumerateArray())
                foreach (var step in @case.GetProperty("steps").EnumerateArray())
                {
                    if (!(step.TryGetProperty("worker", out var rpc) || step.TryGetProperty("client", out rpc)) || !Methods.TryGetValue(rpc.GetString()!, out var method)) continue;
                    var where = $"{Path.GetFileName(file)} {@case.GetProperty("name").GetString()} {rpc.GetString()}";
                    // The recorded bytes are those of an item that came on a stream, or those of the request.
                    if (step.TryGetProperty("base64", out var bytes)) yield return (where, bytes.GetBytesFromBase64(), step.TryGetProperty("value", out _) && method.IsServerStreaming ? method.OutputType : method.InputType);
                    if (step.TryGetProperty("responseBase64", out bytes)) yield return (where, bytes.GetBytesFromBase64(), method.OutputType);
                }
        }
    }
}
