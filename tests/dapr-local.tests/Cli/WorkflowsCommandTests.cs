using System.Text.Json;
using Dapr.TaskHub.Protos;
using DaprLocal.Tests.Api;
using DaprLocal.Tests.Hosting;
using DaprLocal.Tests.Workflows;

namespace DaprLocal.Tests.Cli;

/// <summary>The real process against a running sidecar.</summary>
public sealed class WorkflowsCommandTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder _folder = new();
    private RunningSidecar _sidecar = null!;
    private AutoWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _sidecar = await RunningSidecar.StartAsync([], hasWorkflows: true);
        var hub = new TaskHubSidecarService.TaskHubSidecarServiceClient(_sidecar.Calls);
        _worker = await AutoWorker.ConnectAsync(hub, request => request.InstanceId switch
        {
            "open" => [],
            "broken" => [new WorkflowAction { CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Failed, FailureDetails = new TaskFailureDetails { ErrorType = "My.Error", ErrorMessage = "it [broke]", StackTrace = "at A()" } } }],
            _ => [ScriptedWorker.Complete(0, "\"out\"")],
        });
        foreach (var id in new[] { "done", "broken", "open" }) await hub.StartInstanceAsync(new CreateInstanceRequest { InstanceId = id, Name = "Work", Input = "{\"a\":[1]}" });
    }

    public async Task DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _sidecar.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task List_Pages_ShowAllInstancesOnce()
    {
        var first = await JsonAsync("list", "--limit", "2");
        var second = await JsonAsync("list", "--limit", "2", "--after", first.GetProperty("next").GetString()!);
        var table = await RunAsync(0, "list");

        var listed = new[] { first, second }.SelectMany(page => page.GetProperty("instances").EnumerateArray())
            .Select(instance => $"{instance.GetProperty("id")} {instance.GetProperty("name")} {instance.GetProperty("status")}");
        Assert.Equal(["done Work COMPLETED", "broken Work FAILED", "open Work RUNNING"], listed);
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Matches("│ id +│ workflow +│ status +│", table);
        Assert.Matches("│ broken +│ Work +│ FAILED +│", table);
        Assert.Contains("there are more: --after ", await RunAsync(0, "list", "--limit", "1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_Instance_HasPayloadsAndFailure()
    {
        var done = await JsonAsync("show", "done");
        var broken = await RunAsync(0, "show", "broken");

        Assert.Equal(("{\"a\":[1]}", "\"out\"", JsonValueKind.Null), (done.GetProperty("input").GetString(), done.GetProperty("output").GetString(), done.GetProperty("failure").ValueKind));
        Assert.Matches("│ failure +│ My.Error: it \\[broke\\] +│", broken);
        Assert.Matches("│ input +│ {\"a\":\\[1\\]} +│", broken);
    }

    [Fact]
    public async Task History_Instance_ShowsTheNewestEvents()
    {
        var history = await JsonAsync("history", "done");
        var table = await RunAsync(0, "history", "done", "--limit", "1");

        Assert.Equal(["workflowStarted", "executionStarted", "executionCompleted"], history.GetProperty("events").EnumerateArray().Select(e => e.EnumerateObject().Single(member => member.Name is not ("eventId" or "timestamp" or "router")).Name));
        Assert.Contains("2 older events are left out", table, StringComparison.Ordinal);
        Assert.Matches("│ 3 +│ [-0-9T:.]+Z │ ExecutionCompleted +│ 0 +│", table);
        Assert.DoesNotContain("ExecutionStarted", table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Purge_FinishedAndOpen_RemovesOnlyTheFinished()
    {
        Assert.Equal("purged 1 instance", await RunAsync(0, "purge", "done"));
        Assert.Equal("error: the sidecar refused: failed to purge workflow state: orchestration has not yet completed", await RunAsync(1, "purge", "open"));
        Assert.Equal(["broken", "open"], _sidecar.Workflows.List(0, 10).Ids);
    }

    [Theory]
    [InlineData("show")]
    [InlineData("history")]
    [InlineData("purge")]
    public async Task Command_UnknownInstance_SaysSoWithItsOwnExitCode(string command) =>
        Assert.Equal("error: there is no instance 'nobody'", await RunAsync(2, command, "nobody", "--json"));

    [Fact]
    public async Task Command_AddressFromTheRunFile_OrWhatIsMissingIsSaid()
    {
        _folder.Write("dapr.local.yaml", $"version: 1\napps:\n- {{appDirPath: ., appID: other}}\n- {{appDirPath: ., appID: mine, daprGRPCPort: {_sidecar.Options.GrpcPort}}}\n");

        Assert.Contains("│ done", await ProcessAsync(0, "workflows", "list", "--app-id", "mine"), StringComparison.Ordinal);
        Assert.Contains("names no daprGRPCPort for 'other'", await ProcessAsync(1, "workflows", "list"), StringComparison.Ordinal);
        Assert.Equal("error: dapr.local.yaml has no app 'none'; it has other, mine", await ProcessAsync(1, "workflows", "list", "--app-id", "none"));
        var unused = RunningSidecar.FreePort();
        Assert.Equal(
            $"error: no sidecar answers at 127.0.0.1:{unused} (gRPC); start dapr-local first, or name another port with --dapr-grpc-port",
            await ProcessAsync(1, "workflows", "list", "--dapr-grpc-port", $"{unused}"));
        Assert.Contains("--limit must be a number from 1 to 1000", await ProcessAsync(1, "workflows", "list", "--limit", "0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_SidecarWithToken_WantsItAndTakesItFromTheRunFile()
    {
        await using var guarded = await RunningSidecar.StartAsync([], options => options with { ApiToken = "secret" }, hasWorkflows: true);
        string RunFile(string env) => _folder.Write("dapr.local.yaml", $"version: 1\napps:\n- {{appDirPath: ., appID: a, daprGRPCPort: {guarded.Options.GrpcPort}{env}}}\n");

        RunFile("");
        Assert.Equal($"error: the sidecar at 127.0.0.1:{guarded.Options.GrpcPort} wants its API token; set DAPR_API_TOKEN", await ProcessAsync(1, "workflows", "list"));
        RunFile(", env: {DAPR_API_TOKEN: secret}");
        Assert.Contains("│ id", await ProcessAsync(0, "workflows", "list"), StringComparison.Ordinal);
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments) => JsonDocument.Parse(await RunAsync(0, [.. arguments, "--json"])).RootElement;

    private Task<string> RunAsync(int exitCode, params string[] arguments) => ProcessAsync(exitCode, ["workflows", .. arguments, "--dapr-grpc-port", $"{_sidecar.Options.GrpcPort}"]);

    private async Task<string> ProcessAsync(int exitCode, params string[] arguments)
    {
        await using var process = new DaprLocalProcess(_folder.Path, arguments);
        var code = await process.ExitCodeAsync();
        Assert.True(code == exitCode, $"exit code {code}: {process.Output}");
        return process.Output;
    }
}
