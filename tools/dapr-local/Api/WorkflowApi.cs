using System.Globalization;
using Dapr.TaskHub.Protos;
using DaprLocal.Workflows;
using Google.Protobuf.WellKnownTypes;

namespace DaprLocal.Api;

/// <summary>
/// The management of workflows beside the workflow service: what it answers does not wait for a turn. The name of a workflow
/// component that callers send means nothing, there is one engine; terminating and purging include children.
/// </summary>
internal sealed class WorkflowApi(WorkflowEngine engine, TimeProvider time)
{
    private const int MaxIdLength = 64;
    private static readonly string[] Rfc3339 = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Starts a workflow and gives its instance id, a new one if <paramref name="id"/> is empty; <paramref name="startTime"/> is RFC 3339, null means now.</summary>
    /// <exception cref="ApiException">An argument is not valid, or the id is in use.</exception>
    public async Task<string> StartAsync(string name, string id, string input, string? startTime, CancellationToken cancellationToken)
    {
        if (id.Length == 0) id = engine.NewInstanceId();
        if (System.Text.Encoding.UTF8.GetByteCount(id) > MaxIdLength) throw new ApiException(WorkflowErrors.IdTooLong(MaxIdLength));
        if (!id.All(c => char.IsLetter(c) || char.IsDigit(c) || c is '_' or '-')) throw new ApiException(WorkflowErrors.IdInvalid(id));
        if (name.Length == 0) throw new ApiException(WorkflowErrors.NameMissing);
        var request = new CreateInstanceRequest { InstanceId = id, Name = name, Input = input };
        if (startTime is not null)
        {
            if (!DateTimeOffset.TryParseExact(startTime, Rfc3339, CultureInfo.InvariantCulture, DateTimeStyles.None, out var start))
                throw new ApiException(WorkflowErrors.StartTimeInvalid(name, time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
            request.ScheduledStartTimestamp = Timestamp.FromDateTimeOffset(start);
        }

        await GuardAsync(() => engine.StartAsync(request, wait: false, cancellationToken), fault => WorkflowErrors.Start(name, fault));
        return id;
    }

    /// <summary>The instance, or null.</summary>
    /// <exception cref="ApiException">The id is empty.</exception>
    public InstanceRecord? Get(string id) => engine.Get(Required(id));

    /// <summary>Raises an event; null is no input.</summary>
    /// <exception cref="ApiException">An argument is empty, or there is no such instance.</exception>
    public Task RaiseEventAsync(string id, string name, string? input, CancellationToken cancellationToken)
    {
        Required(id);
        if (name.Length == 0) throw new ApiException(WorkflowErrors.EventNameMissing);
        return GuardAsync(() => engine.RaiseEventAsync(id, name, input, cancellationToken), fault => WorkflowErrors.RaiseEvent(id, name, fault.Message));
    }

    /// <summary>Suspends an instance.</summary>
    /// <exception cref="ApiException">The id is empty, or there is no such instance.</exception>
    public Task PauseAsync(string id, CancellationToken cancellationToken) =>
        GuardAsync(() => engine.SuspendAsync(Required(id), null, wait: false, cancellationToken), fault => WorkflowErrors.Pause(id, fault));

    /// <summary>Resumes an instance.</summary>
    /// <exception cref="ApiException">The id is empty, or there is no such instance.</exception>
    public Task ResumeAsync(string id, CancellationToken cancellationToken) =>
        GuardAsync(() => engine.ResumeAsync(Required(id), null, wait: false, cancellationToken), fault => WorkflowErrors.Resume(id, fault));

    /// <summary>Terminates an instance with its children.</summary>
    /// <exception cref="ApiException">The id is empty, or there is no such instance.</exception>
    public Task TerminateAsync(string id, CancellationToken cancellationToken) =>
        GuardAsync(() => engine.TerminateAsync(Required(id), null, recursive: true, wait: false, cancellationToken), fault => WorkflowErrors.Terminate(id, fault));

    /// <summary>Removes an instance that is over, with its children.</summary>
    /// <exception cref="ApiException">The id is empty, there is no such instance, or one is not over.</exception>
    public Task PurgeAsync(string id, CancellationToken cancellationToken) =>
        GuardAsync(() => engine.PurgeAsync(Required(id), recursive: true, force: false, cancellationToken), fault => WorkflowErrors.Purge(id, fault));

    private static string Required(string id) => id.Length > 0 ? id : throw new ApiException(WorkflowErrors.IdMissing);

    private static async Task GuardAsync(Func<Task> call, Func<WorkflowFault, ApiError> error)
    {
        try
        {
            await call();
        }
        catch (WorkflowFault fault)
        {
            throw new ApiException(error(fault));
        }
    }
}
