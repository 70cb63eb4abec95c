using System.Text.Json;

namespace OrderInventory.Proof.Simulation;

/// <summary>A client that repeats its request until it has an answer that it can use.</summary>
internal sealed class Client(World world, string name)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly IReadOnlyList<Fault> SendFaults = [Fault.Twice, Fault.Delayed];
    private static readonly IReadOnlyList<Fault> OrderFaults = [.. SendFaults, Fault.ClientGone];
    private static readonly IReadOnlyList<Fault> AnswerFaults = [Fault.AnswerLost, Fault.Delayed];

    /// <summary>Every answer that came, also those to repeated requests.</summary>
    public List<HttpAnswer> Answers { get; } = [];

    /// <summary>True: it sent its request once and did not care any more.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Sends a request until it is answered by something other than 5xx.</summary>
    public Task<HttpAnswer> CallAsync(Func<World, AppProcess> app, string method, string path, object? body = null, string? key = null)
    {
        var call = new Call(app, method, path, body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web), key);
        world.Open.Add(call);
        Try(call);
        return call.Done.Task;
    }

    private void Try(Call call)
    {
        if (call.Done.Task.IsCompleted || IsGone) return;
        world.Add(new Step(null, $"{name} sends {call.Method} {call.Path}", call.Key is null ? SendFaults : OrderFaults, fault =>
        {
            IsGone |= fault == Fault.ClientGone;
            Send(call);
            if (fault == Fault.Twice) Send(call);
            return Task.CompletedTask;
        }));
    }

    private void Send(Call call)
    {
        var process = call.App(world);
        var isAnswered = false;
        process.AtDeath(() =>
        {
            if (!isAnswered) world.Clock.After(Pause, () => Try(call));
        });
        world.Go(AnswerAsync());

        async Task AnswerAsync()
        {
            var answer = await process.SendAsync(call.Method, call.Path, call.Body, call.Headers);
            isAnswered = true;
            if (IsGone) return;
            Answers.Add(answer);
            world.Add(new Step(null, $"{name} gets {answer.Status} for {call.Method} {call.Path}", AnswerFaults, fault =>
            {
                if (fault == Fault.AnswerLost || answer.Status >= 500) world.Clock.After(Pause, () => Try(call));
                else if (call.Done.TrySetResult(answer)) world.Open.Remove(call);
                return Task.CompletedTask;
            }));
        }
    }

    private sealed record Call(Func<World, AppProcess> App, string Method, string Path, byte[] Body, string? Key)
    {
        public TaskCompletionSource<HttpAnswer> Done { get; } = new();

        public override string ToString() => $"{Method} {Path}";

        public IReadOnlyDictionary<string, string> Headers { get; } = Key is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Idempotency-Key"] = Key };
    }
}
