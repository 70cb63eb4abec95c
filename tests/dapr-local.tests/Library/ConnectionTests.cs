using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using DaprLocal.Tests.Api;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Library;

/// <summary>Waits, restarts of the sidecar, tokens and traces: what crosses the connection between the two.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [InlineData(null, null, "0")]
    [InlineData("secret", "secret", "0")]
    [InlineData("secret", null, "16")]
    [InlineData("secret", "wrong", "16")]
    public async Task Hello_PathWithoutPackage_IsServedToWhoHasTheToken(string? wanted, string? given, string status)
    {
        await using var sidecar = await RunningSidecar.StartAsync([], options => options with { ApiToken = wanted });
        using var http = new HttpClient();
        // A gRPC message without content: not compressed, no length.
        using var body = new ByteArrayContent([0, 0, 0, 0, 0]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{sidecar.Options.GrpcPort}/TaskHubSidecarService/Hello") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = body };
        if (given is not null) request.Headers.Add("dapr-api-token", given);

        using var answer = await http.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var headers = answer.TrailingHeaders.Contains("grpc-status") ? (HttpHeaders)answer.TrailingHeaders : answer.Headers;
        Assert.Equal(status, headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Wait_OfManyClients_OutlivesARestartAndReleasesThemAll()
    {
        await using var host = await LibraryHost.StartAsync(context => context.WaitForExternalEventAsync<int>("go"));
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        var waits = Enumerable.Range(0, 20).Select(_ => host.Client.WaitForWorkflowCompletionAsync("a")).ToArray();
        await host.KillSidecarAsync();
        await host.StartSidecarAsync();
        await host.Client.WaitForWorkflowStartAsync("a").WaitAsync(LibraryHost.Patience);
        Assert.All(waits, wait => Assert.Null(wait.Exception));
        await host.Client.RaiseEventAsync("a", "go", 3);

        Assert.All(await Task.WhenAll(waits).WaitAsync(LibraryHost.Patience), state => Assert.Equal(3, state.ReadOutputAs<int>()));
    }

    [Fact]
    public async Task Wait_ForAnUnknownId_LastsUntilItIsCancelled()
    {
        await using var host = await LibraryHost.StartAsync(_ => Task.FromResult(1));
        using var cancel = new CancellationTokenSource();
        var wait = host.Client.WaitForWorkflowCompletionAsync("unknown", cancellation: cancel.Token);
        await host.RunAsync("a");
        Assert.False(wait.IsCompleted);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task Sidecar_KilledUnder100Workflows_AllEndAndActivitiesInHandCount()
    {
        // As many activities as the package runs at once.
        const int Instances = 100;
        var begun = new ConcurrentDictionary<string, int>();
        var release = new TaskCompletionSource();
        await using var host = await LibraryHost.StartAsync(
            async context => await context.CallActivityAsync<int>("Hold") + await context.CallActivityAsync<int>("One"),
            options =>
            {
                options.RegisterActivity<object?, int>("Hold", async (context, _) =>
                {
                    begun.AddOrUpdate(context.InstanceId, 1, (_, runs) => runs + 1);
                    await release.Task;
                    return 1;
                });
                options.RegisterActivity<object?, int>("One", (_, _) => Task.FromResult(1));
            });
        var ids = Enumerable.Range(0, Instances).Select(n => $"i{n}").ToArray();
        await Task.WhenAll(ids.Select(id => host.Client.ScheduleNewWorkflowAsync("W", id)));
        await Eventually.TrueAsync(() => begun.Count == Instances, "all activities have begun");

        await host.KillSidecarAsync();
        release.SetResult();
        await host.StartSidecarAsync();

        var states = await Task.WhenAll(ids.Select(host.EndAsync));
        Assert.All(states, state => Assert.Equal(2, state.ReadOutputAs<int>()));
        Assert.All(ids, id => Assert.Equal(2, host.History(id).Count(e => e == "TaskCompleted")));
    }

    [Fact]
    public async Task Trace_OfTheCaller_ReachesTheWorkflowAndItsActivities()
    {
        const string Name = "TracedThrough";
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Dapr.Workflow",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.OperationName.EndsWith(Name, StringComparison.Ordinal)) spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await LibraryHost.StartAsync(
            async context =>
            {
                var trace = Activity.Current?.TraceId.ToHexString();
                await context.CallActivityAsync(Name);
                return trace;
            },
            options => options.RegisterActivity<object?, int>(Name, (_, _) => Task.FromResult(1)));

        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        var state = await host.EndAsync("a");

        Assert.Equal(caller.TraceId.ToHexString(), state.ReadOutputAs<string>());
        Assert.Equal(caller.TraceId, Assert.Single(spans).TraceId);
    }
}
