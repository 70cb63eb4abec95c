using System.Text.Json.Nodes;

namespace DaprLocal.Tests.PubSub;

/// <summary>
/// The recorded cases of pub/sub and hosting that dapr-local answers differently, each with its reason. A case that
/// differs without being here fails its test, and so does an entry that no longer differs: the list can only shrink.
/// </summary>
internal static class Differences
{
    private const string NoBody = "the recording does not tell the body null from no body; the player sends none";

    private const string Engine = "the workflow engine of dapr-local needs no actor state store";
    private const string NoProxy = "gRPC proxying is out of scope: an unknown service is UNIMPLEMENTED";
    private const string NoGrpcInvocation = "gRPC invocation is out of scope: UNIMPLEMENTED";

    /// <summary>Members of the metadata that dapr-local leaves out, and the capability that goes with them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Members = new Dictionary<string, string>
    {
        ["scheduler"] = "there is no scheduler to name an address of",
        ["enabledFeatures"] = "neither hot reload nor remote activity reminders are served",
        ["capabilities of pubsub.in-memory"] = "the in-memory bus knows no topics with wildcards",
    };

    private static readonly Dictionary<string, Dictionary<string, string>> Known = new()
    {
        ["publish-http"] = new() { ["json_null"] = NoBody },
        ["publish-http-in-memory"] = new() { ["json_null"] = NoBody },
        ["invoke"] = new string[] { "get", "post", "none", "unknown", "status_200", "status_204", "status_400", "status_401", "status_403", "status_404", "status_409", "status_429", "status_500", "status_503" }
            .ToDictionary(name => "grpc_" + name, _ => NoGrpcInvocation),
        ["metadata-health"] = new() { ["grpc_health"] = NoProxy },
        ["no-app-no-components"] = new() { ["no_app_port /v1.0/healthz"] = "there is no placement service that a sidecar without an app would wait for" },
        ["tokens"] = new() { ["right /v1.0/workflows/dapr/1"] = Engine },
        ["off"] = new()
        {
            ["POST /v1.0/workflows/dapr/W/start?instanceID=1"] = Engine,
            ["GET /v1.0/workflows/dapr/1"] = Engine,
            ["POST /v1.0/workflows/other/W/start"] = Engine,
            ["POST /v1.0/workflows/dapr/1/raiseEvent/e"] = Engine,
            ["POST /v1.0/workflows/dapr/1/terminate"] = Engine,
            ["POST /v1.0/workflows/dapr/1/purge"] = Engine,
            ["grpc GetWorkflowBeta1"] = Engine,
            ["grpc StartWorkflowBeta1"] = Engine,
            ["grpc NoSuchRpc"] = NoProxy,
            ["taskhub StartInstance"] = Engine,
            ["taskhub GetInstance"] = Engine,
        },
    };

    /// <summary>A recorded case without the members of metadata that dapr-local does not have.</summary>
    public static JsonNode WithoutMembers(JsonNode recorded)
    {
        foreach (var step in recorded["steps"]!.AsArray())
        {
            if ((step!["response"]?["body"] ?? step["response"]) is not JsonObject { Count: > 5 } metadata || metadata["runtimeVersion"] is null) continue;
            foreach (var name in Members.Keys) metadata.Remove(name);
            var isGrpc = step["grpc"] is not null;
            if (isGrpc) metadata["appConnectionProperties"]!["port"] = "<number>";
            foreach (var component in (metadata["components"]?.AsArray() ?? []).Where(component => component!["type"]!.GetValue<string>() == "pubsub.in-memory"))
            {
                if (isGrpc) component!.AsObject().Remove("capabilities");
                else component!["capabilities"] = new JsonArray();
            }
        }

        return recorded;
    }

    /// <summary>All of it: recording, case, reason.</summary>
    public static IEnumerable<string[]> All =>
        Known.SelectMany(file => file.Value.Select(entry => (string[])[file.Key, entry.Key, entry.Value])).Concat(Members.Select(entry => (string[])["metadata", entry.Key, entry.Value]));

    /// <summary>Case name to reason for a recording.</summary>
    public static IReadOnlyDictionary<string, string> Of(string file) => Known.GetValueOrDefault(file) ?? [];
}
