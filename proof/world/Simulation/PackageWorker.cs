using System.Globalization;
using System.Threading.Channels;
using Dapr.TaskHub.Protos;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrderInventory.Proof.Simulation;

/// <summary>
/// The worker of the package Dapr.Workflow in one process: it waits for turns and activities on its stream, as it does
/// beside a real sidecar, and reports them by the calls that come back to <see cref="TaskHubCalls"/>.
/// </summary>
internal sealed class PackageWorker(AppProcess process, Type type)
{
    private readonly Channel<byte[]> _work = Channel.CreateUnbounded<byte[]>();
    private readonly Dictionary<string, TaskCompletionSource<byte[]>> _inHand = [];
    private IHostedService? _running;
    private bool _isConnected;
    private int _tokens;

    /// <summary>Gives the worker its stream: what the engine hands out, in the order in which it does.</summary>
    public ChannelReader<byte[]> Connect()
    {
        // The package begins anew when anything goes wrong with its stream, and tells only its log.
        if (_isConnected) foreach (var waiting in _inHand.Values) waiting.TrySetException(new InvalidOperationException("The package has given up its first stream."));
        _isConnected = true;
        return _work.Reader;
    }

    /// <summary>Has one turn taken; the answer never comes when the process dies before.</summary>
    public async Task<WorkflowResponse> TakeTurnAsync(WorkflowRequest request) => WorkflowResponse.Parser.ParseFrom(await RunAsync(new WorkItem { WorkflowRequest = request }));

    /// <summary>Has one activity run; the answer never comes when the process dies before.</summary>
    public async Task<ActivityResponse> RunActivityAsync(ActivityRequest request) => ActivityResponse.Parser.ParseFrom(await RunAsync(new WorkItem { ActivityRequest = request }));

    /// <summary>Takes the answer to what was handed out under <paramref name="completionToken"/>.</summary>
    public void Complete(string completionToken, byte[] answer)
    {
        if (!_inHand.Remove(completionToken, out var waiting)) throw new RpcException(new Status(StatusCode.NotFound, "unknown completion token " + completionToken));
        waiting.SetResult(answer);
    }

    /// <summary>Takes nothing any more. What is in hand is left as it is: it would wait for its sidecar for ever.</summary>
    public void Stop() => _running?.StopAsync(CancellationToken.None);

    private async Task<byte[]> RunAsync(WorkItem item)
    {
        await StartAsync();
        item.CompletionToken = (++_tokens).ToString(CultureInfo.InvariantCulture);
        var done = _inHand[item.CompletionToken] = new TaskCompletionSource<byte[]>();
        await _work.Writer.WriteAsync(item.ToByteArray());
        return await done.Task;
    }

    // Most processes of a run have nothing to do with workflows.
    private async Task StartAsync()
    {
        if (_running is not null) return;
        _running = (IHostedService)ActivatorUtilities.CreateInstance(process, type, process);
        await _running.StartAsync(CancellationToken.None);
    }
}
