using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using DaprLocal.Tests.Api;
using Google.Protobuf;
using Grpc.Core;

namespace DaprLocal.Tests.Workflows;

/// <summary>What the recordings of the management API do not show.</summary>
public sealed class WorkflowApiTests : IAsyncLifetime
{
    private RunningSidecar _sidecar = null!;

    public async Task InitializeAsync() => _sidecar = await RunningSidecar.StartAsync([], hasWorkflows: true);

    public async Task DisposeAsync() => await _sidecar.DisposeAsync();

    [Theory]
    [InlineData("{\"a\":}", "proto: syntax error (line 1:6): unexpected token")]
    [InlineData("{\"a\":1", "proto: syntax error (line 1:7): unexpected token")]
    [InlineData("[1]", "proto: syntax error (line 1:1): unexpected token [")]
    public async Task Pause_BodyIsNoObject_Is400AndNothingHappens(string body, string problem)
    {
        await StartAsync("a");

        var answer = await _sidecar.HttpAsync("POST", "/v1.0/workflows/dapr/a/pause", System.Text.Encoding.UTF8.GetBytes(body));

        Assert.Equal((400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: " + problem), Error(answer));
    }

    [Fact]
    public async Task RaiseEvent_BytesThatAreNotUtf8_IsAnErrorInBothForms()
    {
        await StartAsync("a");
        const string Message = "error raising event on workflow 'a': failed to raise event E on workflow a: failed to raise event: string field contains invalid UTF-8";

        var http = await _sidecar.HttpAsync("POST", "/v1.0/workflows/dapr/a/raiseEvent/E", [0xff]);
        var grpc = await Assert.ThrowsAsync<RpcException>(async () => await _sidecar.Grpc.RaiseEventWorkflowBeta1Async(
            new RaiseEventWorkflowRequest { InstanceId = "a", EventName = "E", EventData = ByteString.CopyFrom(0xff) }));

        Assert.Equal((500, "ERR_RAISE_EVENT_WORKFLOW", Message), Error(http));
        Assert.Equal((StatusCode.Internal, Message), (grpc.StatusCode, grpc.Status.Detail));
    }

    [Fact]
    public async Task Start_StartTimeWithFractionAndOffset_WaitsForIt()
    {
        var request = new StartWorkflowRequest { InstanceId = "a", WorkflowName = "W", Options = { ["dapr.workflow.start_time"] = "2999-05-01T12:00:00.25+02:00" } };

        await _sidecar.Grpc.StartWorkflowBeta1Async(request);

        Assert.True(_sidecar.Workflows.Get("a")!.Held);
    }

    [Fact]
    public async Task Start_NoIdOverGrpc_GetsAnIdOfItsOwn()
    {
        var first = await _sidecar.Grpc.StartWorkflowBeta1Async(new StartWorkflowRequest { WorkflowName = "W" });
        var second = await _sidecar.Grpc.StartWorkflowBeta1Async(new StartWorkflowRequest { WorkflowName = "W" });

        Assert.Equal([first.InstanceId, second.InstanceId], _sidecar.Workflows.List(0, 10).Ids);
    }

    private async Task StartAsync(string id) => Assert.Equal(202, (await _sidecar.HttpAsync("POST", $"/v1.0/workflows/dapr/W/start?instanceID={id}")).Status);

    private static (int Status, string? Code, string? Message) Error(RawResponse answer)
    {
        var body = JsonDocument.Parse(answer.Body).RootElement;
        return (answer.Status, body.GetProperty("errorCode").GetString(), body.GetProperty("message").GetString());
    }
}
