using Dapr.Workflow.Abstractions;
using Dapr.Workflow.Registration;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Workflow;

/// <summary>What the app runs, and how it talks to the sidecar. An app that registers nothing is a client only.</summary>
public sealed class WorkflowRuntimeOptions
{
    /// <summary>How many turns of workflows run at the same time in this process; turns only compute.</summary>
    /// <remarks>In the official package this has no effect.</remarks>
    public int MaxConcurrentWorkflows
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = Environment.ProcessorCount * 4;

    /// <summary>How many activities run at the same time in this process; 100 by default.</summary>
    /// <remarks>In the official package this has no effect.</remarks>
    public int MaxConcurrentActivities
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 100;

    /// <summary>The options of the channel to the sidecar; null means the defaults.</summary>
    public GrpcChannelOptions? GrpcChannelOptions { get; private set; }

    internal WorkflowRegistry Registry { get; } = new();

    /// <summary>Registers a workflow class. It is created for every turn, in a scope of its own, with its constructor filled from the services.</summary>
    /// <typeparam name="TWorkflow">The class.</typeparam>
    /// <param name="name">The name; null means that of the class.</param>
    public void RegisterWorkflow<TWorkflow>(string? name = null) where TWorkflow : class, IWorkflow
    {
        var create = ActivatorUtilities.CreateFactory<TWorkflow>(Type.EmptyTypes);
        Registry.AddWorkflow(name ?? typeof(TWorkflow).Name, services => create(services, null));
    }

    /// <summary>Registers a workflow given as a function.</summary>
    /// <typeparam name="TInput">The type of the input.</typeparam>
    /// <typeparam name="TOutput">The type of the result.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="implementation">The logic.</param>
    public void RegisterWorkflow<TInput, TOutput>(string name, Func<WorkflowContext, TInput, Task<TOutput>> implementation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(implementation);
        var workflow = new FunctionWorkflow<TInput, TOutput>(implementation);
        Registry.AddWorkflow(name, _ => workflow);
    }

    /// <summary>Registers an activity class. It is created for every run, in a scope of its own, with its constructor filled from the services.</summary>
    /// <typeparam name="TActivity">The class.</typeparam>
    /// <param name="name">The name; null means that of the class.</param>
    public void RegisterActivity<TActivity>(string? name = null) where TActivity : class, IWorkflowActivity
    {
        var create = ActivatorUtilities.CreateFactory<TActivity>(Type.EmptyTypes);
        Registry.AddActivity(name ?? typeof(TActivity).Name, services => create(services, null));
    }

    /// <summary>Registers an activity given as a function.</summary>
    /// <typeparam name="TInput">The type of the input.</typeparam>
    /// <typeparam name="TOutput">The type of the result.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="implementation">The logic.</param>
    public void RegisterActivity<TInput, TOutput>(string name, Func<WorkflowActivityContext, TInput, Task<TOutput>> implementation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(implementation);
        var activity = new FunctionActivity<TInput, TOutput>(implementation);
        Registry.AddActivity(name, _ => activity);
    }

    /// <summary>Uses these options for the channel to the sidecar. Limits of message sizes that are not set here are those of gRPC (4 MiB received).</summary>
    /// <param name="grpcChannelOptions">The options.</param>
    public void UseGrpcChannelOptions(GrpcChannelOptions grpcChannelOptions)
    {
        ArgumentNullException.ThrowIfNull(grpcChannelOptions);
        GrpcChannelOptions = grpcChannelOptions;
    }

    /// <summary>Sets the limits of message sizes, in bytes; null leaves a limit as it is.</summary>
    internal void LimitMessages(int? received, int? sent)
    {
        // As without options: a history is received whole.
        GrpcChannelOptions ??= new GrpcChannelOptions { MaxReceiveMessageSize = null, ThrowOperationCanceledOnCancellation = true };
        if (received is not null) GrpcChannelOptions.MaxReceiveMessageSize = received;
        if (sent is not null) GrpcChannelOptions.MaxSendMessageSize = sent;
    }
}
