using System.Text.Json.Nodes;
using DaprLocal.Tests.Api;

namespace DaprLocal.Tests.Workflows;

/// <summary>Workflows over HTTP: the body goes in as it is, and what is refused has daprd's status and code.</summary>
public sealed class WorkflowApiTests : IAsyncLifetime
{
    private RunningSidecar _sidecar = null!;

    public async Task InitializeAsync() => _sidecar = await RunningSidecar.StartAsync([]);

    public async Task DisposeAsync() => await _sidecar.DisposeAsync();

    [Fact]
    public async Task Start_WithIdAndBody_IsShownWithThem()
    {
        var started = await PostAsync("W/start?instanceID=a", "{\"n\":1}");
        var shown = await _sidecar.HttpAsync("GET", "/v1.0/workflows/dapr/a");

        Assert.Equal((202, "a"), (started.Status, (string?)JsonNode.Parse(started.Body)!["instanceID"]));
        var body = JsonNode.Parse(shown.Body)!;
        Assert.Equal((200, "W", "PENDING", "{\"n\":1}"), (shown.Status, (string?)body["workflowName"], (string?)body["runtimeStatus"], (string?)body["properties"]!["dapr.workflow.input"]));
    }

    [Fact]
    public async Task Start_WithoutId_GetsOneOfItsOwn()
    {
        var first = (string)JsonNode.Parse((await PostAsync("W/start")).Body)!["instanceID"]!;
        var second = (string)JsonNode.Parse((await PostAsync("W/start")).Body)!["instanceID"]!;

        Assert.Equal([first, second], _sidecar.Workflows.List(0, 10).Ids);
    }

    [Theory]
    [InlineData("POST", "W/start?instanceID=a", 500, "ERR_START_WORKFLOW")]
    [InlineData("GET", "none", 404, "ERR_INSTANCE_ID_NOT_FOUND")]
    [InlineData("POST", "none/raiseEvent/E", 500, "ERR_RAISE_EVENT_WORKFLOW")]
    [InlineData("POST", "none/pause", 500, "ERR_PAUSE_WORKFLOW")]
    [InlineData("POST", "none/resume", 500, "ERR_RESUME_WORKFLOW")]
    [InlineData("POST", "none/terminate", 404, "ERR_INSTANCE_ID_NOT_FOUND")]
    [InlineData("POST", "none/purge", 404, "ERR_INSTANCE_ID_NOT_FOUND")]
    [InlineData("POST", "a/purge", 500, "ERR_PURGE_WORKFLOW")]
    [InlineData("POST", "a/unknown", 404, "ERR_DIRECT_INVOKE")]
    public async Task Call_ThatIsRefused_HasStatusAndCodeOfDaprd(string method, string path, int status, string code)
    {
        await PostAsync("W/start?instanceID=a");

        var answer = await _sidecar.HttpAsync(method, "/v1.0/workflows/dapr/" + path);

        Assert.Equal((status, code), (answer.Status, (string?)JsonNode.Parse(answer.Body)!["errorCode"]));
    }

    [Theory]
    [InlineData("raiseEvent/E")]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("terminate")]
    public async Task Call_OfARunningInstance_IsAccepted(string call)
    {
        await PostAsync("W/start?instanceID=a");

        var answer = await PostAsync("a/" + call, "1");

        Assert.Equal((202, "{}"), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task RaiseEvent_BytesThatAreNotUtf8_IsRefused() =>
        Assert.Equal(400, (await _sidecar.HttpAsync("POST", "/v1.0/workflows/dapr/a/raiseEvent/E", [0xff])).Status);

    private Task<RawResponse> PostAsync(string path, string body = "") => _sidecar.HttpAsync("POST", "/v1.0/workflows/dapr/" + path, System.Text.Encoding.UTF8.GetBytes(body));
}
