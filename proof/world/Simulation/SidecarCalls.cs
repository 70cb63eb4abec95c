using Dapr.Client.Autogen.Grpc.v1;
using Dapr.TaskHub.Protos;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace OrderInventory.Proof.Simulation;

/// <summary>What a process asks its sidecar over gRPC: each call is a step.</summary>
internal sealed class SidecarCalls(World world, AppProcess process) : CallInvoker
{
    private static readonly TimeSpan FrozenFor = TimeSpan.FromMinutes(1);
    private static readonly IReadOnlyList<Fault> ReadFaults = [Fault.NotApplied, Fault.AnswerLate];

    // A crash before a write is one after the write before it, or after the activity or request began.
    private static readonly IReadOnlyList<Fault> WriteFaults = [Fault.NotApplied, Fault.AppliedButError, Fault.AppliedLate, Fault.CrashAfter, Fault.Delayed];

    // A look at the agenda that finds nothing is the same whenever it comes, and goes wrong in the same way at each of its steps: only
    // where it reads and writes how far it came, and where there is something to find.
    private static readonly IReadOnlyList<Fault> LookFaults = [Fault.NotApplied];
    private static readonly IReadOnlyList<Fault> ProgressFaults = [Fault.AppliedButError, Fault.CrashAfter];

    /// <summary>Asks the sidecar something, as a step; the answer never comes when the process dies before.</summary>
    public Task<IMessage> AskAsync(IMessage request)
    {
        var done = new TaskCompletionSource<IMessage>();
        var call = new Call(request);
        if (!process.IsDead) world.Add(new Step(process, $"{process.Name} {call.Text}", FindsNothing(request) ? [] : call.Faults, fault => RunAsync(call, fault, done)));
        return done.Task;
    }

    /// <summary>A call whose answer is <paramref name="answer"/>.</summary>
    public static AsyncUnaryCall<TResponse> Unary<TResponse>(Task<TResponse> answer) =>
        new(answer, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        return Unary(AnswerAsync());

        async Task<TResponse> AnswerAsync() => (TResponse)await AskAsync((IMessage)request);
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    private async Task RunAsync(Call call, Fault fault, TaskCompletionSource<IMessage> done)
    {
        switch (fault)
        {
            case Fault.NotApplied:
                Fail(Failed(StatusCode.Unavailable));
                return;
            case Fault.Unreadable:
                done.SetResult(call.Unreadable());
                return;
            case Fault.AppliedLate:
                world.Clock.After(FrozenFor, () => world.Add(new Step(null, $"only now: {process.Name} {call.Text}", [], _ => TryApplyAsync(call.Request))));
                Fail(Failed(StatusCode.DeadlineExceeded));
                return;
            case Fault.PartlyApplied:
                await TryApplyAsync(call.Half());
                Fail(Failed(StatusCode.Unavailable));
                return;
            case Fault.Conflict:
                await world.State.TouchAsync(process.AppId, ((SaveStateRequest)call.Request).States[0].Key);
                break;
            case Fault.Twice:
                await TryApplyAsync(call.Request);
                break;
        }

        var (response, refusal) = await TryApplyAsync(call.Request);
        if (fault == Fault.CrashAfter) world.Crash(process);
        else if (fault == Fault.AppliedButError) Fail(Failed(StatusCode.DeadlineExceeded));
        else if (refusal is not null) Fail(refusal);
        else if (fault == Fault.AnswerLate) world.AddLast(new Step(process, $"{process.Name} gets only now what it read", [], _ => { Answer(); return Task.CompletedTask; }));
        else Answer();

        void Answer()
        {
            if (!FindsNothing(call.Request)) process.Told.UnionWith(call.Keys);
            if (call.Request is CreateInstanceRequest start) process.Told.Remove(NotStarted(start));
            done.SetResult(response!);
        }

        // The process may try again.
        void Fail(RpcException error)
        {
            if (call.Request is CreateInstanceRequest start) process.Told.Add(NotStarted(start));
            done.SetException(error);
        }
    }

    private async Task<(IMessage? Response, RpcException? Refusal)> TryApplyAsync(IMessage request)
    {
        try
        {
            return (await ApplyAsync(request), null);
        }
        catch (RpcException refusal)
        {
            return (null, refusal);
        }
    }

    /// <summary>True for a look at pages of which none is there.</summary>
    private bool FindsNothing(IMessage request) => request is GetBulkStateRequest get && get.Keys.All(IsOfLook) && !get.Keys.Any(key => world.State.Has(process.AppId, key));

    private static bool IsOfLook(string key) => key.StartsWith(World.AgendaPage, StringComparison.Ordinal) || key.StartsWith("open-orders:", StringComparison.Ordinal);

    private static string NotStarted(CreateInstanceRequest start) => $"could not start {start.InstanceId}";

    private static RpcException Failed(StatusCode code) => new(new Status(code, "simulated"));

    private async Task<IMessage> ApplyAsync(IMessage request)
    {
        switch (request)
        {
            case GetStateRequest get:
                return await world.State.GetAsync(process.AppId, get);
            case GetBulkStateRequest get:
                return await world.State.GetAsync(process.AppId, get);
            case SaveStateRequest save:
                await world.State.SaveAsync(process.AppId, save.States);
                return new Empty();
            case DeleteStateRequest delete:
                await world.State.DeleteAsync(process.AppId, delete);
                return new Empty();
            case PublishEventRequest publish:
                world.Broker.Publish(process.AppId, publish.Topic, publish.Data.Span, publish.DataContentType, publish.Metadata);
                return new Empty();
            case BulkPublishRequest publish:
                foreach (var entry in publish.Entries) world.Broker.Publish(process.AppId, publish.Topic, entry.Event.Span, entry.ContentType, entry.Metadata);
                return new BulkPublishResponse();
            case CreateInstanceRequest start:
                world.Engine.Start(start);
                return new CreateInstanceResponse { InstanceId = start.InstanceId };
            case RaiseEventRequest raise:
                world.Engine.Raise(raise);
                return new RaiseEventResponse();
            case GetInstanceRequest get:
                return world.Engine.Describe(get);
            case PurgeInstancesRequest purge:
                return world.Engine.Purge(purge);
            default:
                throw new NotSupportedException($"The simulated sidecar does not answer {request.Descriptor.Name}.");
        }
    }

    /// <summary>A request, in words and with what can happen to it.</summary>
    private sealed class Call(IMessage request)
    {
        public IMessage Request => request;

        public string Text => request switch
        {
            GetStateRequest get => $"reads {get.Key}",
            GetBulkStateRequest { Keys.Count: > 8 } get => $"reads {get.Keys[0]} and {get.Keys.Count - 1} more",
            GetBulkStateRequest get => $"reads {string.Join(" + ", get.Keys)}",
            DeleteStateRequest delete => $"deletes {delete.Key}",
            GetInstanceRequest get => $"asks how the workflow of {get.InstanceId} is",
            PurgeInstancesRequest purge => $"purges the workflow of {purge.InstanceId}",
            SaveStateRequest save => $"saves {string.Join(" + ", save.States.Select(item => item.Key))}",
            PublishEventRequest publish => $"publishes {Id(publish.Metadata)} to {publish.Topic}",
            BulkPublishRequest publish => $"publishes {string.Join(" + ", publish.Entries.Select(entry => Id(entry.Metadata)))} to {publish.Topic}",
            CreateInstanceRequest start => $"starts the workflow of {start.InstanceId}",
            RaiseEventRequest raise => $"tells the workflow of {raise.InstanceId} {raise.Input}",
            _ => request.Descriptor.Name,
        };

        /// <summary>The keys that it reads or writes.</summary>
        public IEnumerable<string> Keys => request switch
        {
            GetStateRequest get => [$"reads {get.Key}"],
            GetBulkStateRequest get => get.Keys.Where(key => !IsOfLook(key)).Select(key => $"reads {key}"),
            SaveStateRequest save => save.States.Select(item => $"saves {item.Key}"),
            _ => [],
        };

        public IReadOnlyList<Fault> Faults => request switch
        {
            GetStateRequest { Key: "agenda" } => LookFaults,
            GetBulkStateRequest get when get.Keys.All(IsOfLook) => LookFaults,
            SaveStateRequest { States: [{ Key: "agenda" }] } => ProgressFaults,
            GetStateRequest or GetInstanceRequest => ReadFaults,
            GetBulkStateRequest => [.. ReadFaults, Fault.Unreadable],
            SaveStateRequest { States: [{ Options.Concurrency: StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite, Etag: not null }, ..] } save => [.. WriteFaults, Fault.Conflict, .. Partly(save.States.Count)],
            SaveStateRequest save => [.. WriteFaults, .. Partly(save.States.Count)],
            BulkPublishRequest { Entries.Count: > 1 } publish => [.. WriteFaults, .. Partly(publish.Entries.Count)],
            PublishEventRequest or BulkPublishRequest or RaiseEventRequest => [.. WriteFaults, Fault.Twice],
            _ => WriteFaults,
        };

        private static IEnumerable<Fault> Partly(int items) => items > 1 ? [Fault.PartlyApplied] : [];

        public IMessage Half() => request switch
        {
            SaveStateRequest save => new SaveStateRequest { StoreName = save.StoreName, States = { save.States.Take(save.States.Count / 2) } },
            BulkPublishRequest publish => new BulkPublishRequest { PubsubName = publish.PubsubName, Topic = publish.Topic, Entries = { publish.Entries.Take(publish.Entries.Count / 2) } },
            _ => request,
        };

        /// <summary>How daprd answers a bulk read while the store fails.</summary>
        public GetBulkStateResponse Unreadable() => new GetBulkStateResponse { Items = { ((GetBulkStateRequest)request).Keys.Select(key => new BulkStateItem { Key = key, Error = "simulated" }) } };

        private static string Id(Google.Protobuf.Collections.MapField<string, string> metadata) => metadata.TryGetValue("cloudevent.id", out var id) ? id : "a message";
    }
}
