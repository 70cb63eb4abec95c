using System.Diagnostics;
using System.Text.Json;
using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using Dapr.Workflow.Client;
using DaprWorkflow.Tests.Worker;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using WorkflowState = Dapr.TaskHub.Protos.WorkflowState;

namespace DaprWorkflow.Tests.Client;

public class ClientTests
{
    private static GetInstanceResponse State(OrchestrationStatus status, string? output = null) => new()
    {
        Exists = true,
        WorkflowState = new WorkflowState
        {
            InstanceId = "i",
            Name = "W",
            WorkflowStatus = status,
            CreatedTimestamp = Timestamp.FromDateTime(DateTime.UnixEpoch),
            Input = output is null ? null : "{\"n\":1}",
            Output = output,
            FailureDetails = status == OrchestrationStatus.Failed ? new TaskFailureDetails { ErrorType = "System.FormatException", ErrorMessage = "bad" } : null,
        },
    };

    [Fact]
    public async Task Schedule_SendsInputIdTimeAndTrace()
    {
        await using var app = await App.StartAsync(_ => { });
        var requests = new List<CreateInstanceRequest>();
        app.Sidecar.Client = (_, request) =>
        {
            requests.Add((CreateInstanceRequest)request);
            return new CreateInstanceResponse { InstanceId = requests[^1].InstanceId };
        };

        var generated = await app.Client.ScheduleNewWorkflowAsync("W", input: new { Name = "x" });
        Assert.Equal((generated, "W", "{\"name\":\"x\"}"), (requests[0].InstanceId, requests[0].Name, requests[0].Input));
        Assert.Matches("^[0-9a-f]{32}$", generated);
        Assert.Null(requests[0].ScheduledStartTimestamp);
        Assert.Null(requests[0].ParentTraceContext);

        using var activity = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        Assert.Equal("order-1", await app.Client.ScheduleNewWorkflowAsync("W", "order-1", null, new DateTime(2027, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
        Assert.Equal("", requests[1].Input);
        Assert.Equal(new DateTime(2027, 1, 1), requests[1].ScheduledStartTimestamp.ToDateTime());
        Assert.Equal(activity.Id, requests[1].ParentTraceContext.TraceParent);
        Assert.Equal(activity.Id, app.Sidecar.Headers.Last().GetValue("traceparent"));
    }

    [Theory]
    [InlineData("a||b")]
    [InlineData("a::b")]
    [InlineData("a/b")]
    [InlineData("ü")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task Schedule_IdThatASidecarFailsOn_Throws(string id)
    {
        await using var app = await App.StartAsync(_ => { });
        await Assert.ThrowsAsync<ArgumentException>(() => app.Client.ScheduleNewWorkflowAsync("W", id));
    }

    [Fact]
    public async Task Failures_OfTheSidecar_ComeThrough()
    {
        await using var app = await App.StartAsync(_ => { });
        app.Sidecar.Client = (call, _) => throw new RpcException(new Status(call == "StartInstance" ? StatusCode.AlreadyExists : StatusCode.Unknown, "no such instance exists"));
        Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<RpcException>(() => app.Client.ScheduleNewWorkflowAsync("W", "i"))).StatusCode);
        Assert.Equal(StatusCode.Unknown, (await Assert.ThrowsAsync<RpcException>(() => app.Client.RaiseEventAsync("i", "e"))).StatusCode);
        Assert.Equal(StatusCode.Unknown, (await Assert.ThrowsAsync<RpcException>(() => app.Client.PurgeInstanceAsync("i"))).StatusCode);
        Assert.Equal(StatusCode.Unknown, (await Assert.ThrowsAsync<RpcException>(() => app.Client.GetWorkflowStateAsync("i"))).StatusCode);
    }

    [Fact]
    public async Task WaitForCompletion_SidecarRestarts_AsksAgainAndFetchesPayloadsOnce()
    {
        await using var app = await App.StartAsync(_ => { });
        var calls = new List<string>();
        app.Sidecar.Client = (call, request) =>
        {
            calls.Add($"{call} {((GetInstanceRequest)request).GetInputsAndOutputs}");
            if (calls.Count == 1) throw new RpcException(new Status(StatusCode.Unavailable, "restarting"));
            return State(OrchestrationStatus.Completed, call == "GetInstance" ? "\"out\"" : null);
        };
        var state = await app.Client.WaitForWorkflowCompletionAsync("i");
        Assert.Equal(["WaitForInstanceCompletion False", "WaitForInstanceCompletion False", "GetInstance True"], calls);
        Assert.True(state.IsWorkflowCompleted);
        Assert.Equal(("out", 1), (state.ReadOutputAs<string>(), state.ReadInputAs<Dictionary<string, int>>()!["n"]));
        Assert.Equal(("W", DateTimeOffset.UnixEpoch, WorkflowRuntimeStatus.Completed), (state.WorkflowName, state.CreatedAt, state.RuntimeStatus));
        Assert.Null(state.ReadCustomStatusAs<string>());
    }

    [Fact]
    public async Task Wait_Cancelled_ThrowsOperationCanceled()
    {
        await using var app = await App.StartAsync(_ => { });
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        app.Sidecar.Client = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "down"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.Client.WaitForWorkflowStartAsync("i", cancellation: cancel.Token));
    }

    [Fact]
    public async Task State_OfFailedAndMissing_Tells()
    {
        await using var app = await App.StartAsync(_ => { });
        app.Sidecar.Client = (_, _) => State(OrchestrationStatus.Failed);
        var failed = await app.Client.GetWorkflowStateAsync("i");
        Assert.True(failed.IsWorkflowCompleted);
        Assert.True(failed.FailureDetails!.IsCausedBy<FormatException>());

        app.Sidecar.Client = (_, _) => new GetInstanceResponse();
        var missing = await app.Client.GetWorkflowStateAsync("i");
        Assert.Equal((false, WorkflowRuntimeStatus.Unknown, null), (missing.Exists, missing.RuntimeStatus, missing.WorkflowName));
        await Assert.ThrowsAsync<InvalidOperationException>(() => app.Client.WaitForWorkflowStartAsync("i"));
    }

    [Fact]
    public async Task Commands_SendWhatTheyAreGiven()
    {
        await using var app = await App.StartAsync(_ => { });
        var requests = new List<object>();
        app.Sidecar.Client = (call, request) =>
        {
            requests.Add(request);
            return call switch
            {
                "RaiseEvent" => new RaiseEventResponse(),
                "TerminateInstance" => new TerminateResponse(),
                "SuspendInstance" => new SuspendResponse(),
                "ResumeInstance" => new ResumeResponse(),
                "PurgeInstances" => new PurgeInstancesResponse { DeletedInstanceCount = 2 },
                "ListInstanceIDs" => new ListInstanceIDsResponse { InstanceIds = { "a", "b" }, ContinuationToken = "more" },
                _ => new GetInstanceHistoryResponse { Events = { new HistoryEvent { EventId = 4, Timestamp = Timestamp.FromDateTime(DateTime.UnixEpoch), TimerCreated = new TimerCreatedEvent() } } },
            };
        };
        var client = app.Host.Services.GetRequiredService<IDaprWorkflowClient>();
        await client.RaiseEventAsync("i", "e", 5);
        await client.TerminateWorkflowAsync("i", "out");
        await client.SuspendWorkflowAsync("i", "why");
        await client.ResumeWorkflowAsync("i");
        Assert.True(await client.PurgeInstanceAsync("i"));
        var page = await client.ListInstanceIdsAsync("token", 10);
        var history = await client.GetInstanceHistoryAsync("i");

        Assert.Equal(new RaiseEventRequest { InstanceId = "i", Name = "e", Input = "5" }, requests[0]);
        Assert.Equal(new TerminateRequest { InstanceId = "i", Output = "\"out\"", Recursive = true }, requests[1]);
        Assert.Equal(new SuspendRequest { InstanceId = "i", Reason = "why" }, requests[2]);
        Assert.Equal(new ResumeRequest { InstanceId = "i" }, requests[3]);
        Assert.Equal(new PurgeInstancesRequest { InstanceId = "i", Recursive = true }, requests[4]);
        Assert.Equal(new ListInstanceIDsRequest { ContinuationToken = "token", PageSize = 10 }, requests[5]);
        Assert.Equal(["a", "b"], page.InstanceIds);
        Assert.Equal("more", page.ContinuationToken);
        Assert.Equal([new WorkflowHistoryEvent(4, WorkflowHistoryEventType.TimerCreated, DateTime.UnixEpoch)], history);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.ListInstanceIdsAsync(pageSize: 0));
    }

    [Fact]
    public async Task Rerun_WithAndWithoutANewInput_SendsWhatItIsGiven()
    {
        await using var app = await App.StartAsync(_ => { });
        var requests = new List<RerunWorkflowFromEventRequest>();
        app.Sidecar.Client = (_, request) =>
        {
            requests.Add((RerunWorkflowFromEventRequest)request);
            return new RerunWorkflowFromEventResponse { NewInstanceID = "new" };
        };

        Assert.Equal("new", await app.Client.RerunWorkflowFromEventAsync("i", 3));
        await app.Client.RerunWorkflowFromEventAsync("i", 0, new RerunWorkflowFromEventOptions { NewInstanceId = "new", Input = 5, OverwriteInput = true });

        Assert.Equal(
            [
                new RerunWorkflowFromEventRequest { SourceInstanceID = "i", EventID = 3 },
                new RerunWorkflowFromEventRequest { SourceInstanceID = "i", NewInstanceID = "new", Input = "5", OverwriteInput = true },
            ],
            requests);
        await Assert.ThrowsAsync<ArgumentException>(() => app.Client.RerunWorkflowFromEventAsync("i", 0, new RerunWorkflowFromEventOptions { Input = 5 }));
    }

    [Fact]
    public async Task Build_WithoutAnApp_ConnectsByItselfWithTokenAndSerializer()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Client = (_, request) => new CreateInstanceResponse { InstanceId = ((CreateInstanceRequest)request).Input };
        var builder = new DaprWorkflowClientBuilder().UseJsonSerializer(new JsonSerializerOptions());
        builder.UseGrpcEndpoint(sidecar.Address).UseDaprApiToken("secret");

        await using var client = builder.Build();
        await using var other = new DaprWorkflowClientBuilder().UseGrpcEndpoint(sidecar.Address).UseJsonSerializationOptions(new JsonSerializerOptions()).Build();

        Assert.Equal("{\"Name\":2}", await other.ScheduleNewWorkflowAsync("W", input: new { Name = 2 }));
        Assert.Equal("{\"Name\":1}", await client.ScheduleNewWorkflowAsync("W", input: new { Name = 1 }));
        Assert.Equal("secret", sidecar.Headers.Last().GetValue("dapr-api-token"));
        client.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => client.ScheduleNewWorkflowAsync("W"));
    }

    [Fact]
    public async Task AddDaprWorkflowBuilder_SerializerLimitsAndClient_AreUsed()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Client = (_, request) => new CreateInstanceResponse { InstanceId = ((CreateInstanceRequest)request).Input };
        var services = new ServiceCollection();
        services
            .AddDaprWorkflowBuilder(null, (_, builder) => builder.UseGrpcEndpoint(sidecar.Address))
            .WithJsonSerializer(new JsonSerializerOptions())
            .WithGrpcMessageSizeLimits(maxReceiveMessageSize: 1_000);
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("{\"Name\":1}", await provider.GetRequiredService<IDaprWorkflowClient>().ScheduleNewWorkflowAsync("W", input: new { Name = 1 }));
        var channel = provider.GetRequiredService<WorkflowRuntimeOptions>().GrpcChannelOptions!;
        Assert.Equal((1_000, null), (channel.MaxReceiveMessageSize, channel.MaxSendMessageSize));
        Assert.Equal("x", services.AddDaprWorkflowBuilder(null).WithSerializer(_ => new Fixed()).Services.BuildServiceProvider().GetRequiredService<IDaprSerializer>().Serialize(1, null));
    }

    [Fact]
    public void AddDaprWorkflow_Twice_AddsToTheSameOptions()
    {
        var services = new ServiceCollection();
        services.AddDaprWorkflow(o => o.RegisterActivity<int, int>("A", (_, n) => Task.FromResult(n)), ServiceLifetime.Scoped);
        services.AddDaprWorkflow(o => o.RegisterActivity<int, int>("B", (_, n) => Task.FromResult(n)));
        services.AddDaprWorkflow();
        using var provider = services.BuildServiceProvider(validateScopes: true);
        Assert.Equal(2, provider.GetRequiredService<WorkflowRuntimeOptions>().Registry.ActivityCount);
        using var scope = provider.CreateScope();
        Assert.Same(scope.ServiceProvider.GetRequiredService<DaprWorkflowClient>(), scope.ServiceProvider.GetRequiredService<IDaprWorkflowClient>());
        Assert.Single(provider.GetServices<Microsoft.Extensions.Hosting.IHostedService>());
    }

    private sealed class Fixed : IDaprSerializer
    {
        public string Serialize<T>(T value) => "x";

        public string Serialize(object? value, System.Type? inputType = null) => "x";

        public T? Deserialize<T>(string? data) => default;

        public object? Deserialize(string? data, System.Type returnType) => null;
    }
}
