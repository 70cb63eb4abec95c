using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Dapr.Workflow.Registration;
using Dapr.Workflow.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Dapr.Workflow;

/// <summary>Adds workflows to an app.</summary>
public static class WorkflowServiceCollectionExtensions
{
    /// <summary>Adds the workflow client; with no workflow or activity registered, the app takes no work.</summary>
    /// <param name="serviceCollection">The services.</param>
    public static IServiceCollection AddDaprWorkflow(this IServiceCollection serviceCollection) => serviceCollection.AddDaprWorkflow(static _ => { });

    /// <summary>Adds workflows, activities, the worker that runs them and the workflow client. Further calls add to the first.</summary>
    /// <param name="serviceCollection">The services.</param>
    /// <param name="configure">Registers workflows and activities.</param>
    /// <param name="lifetime">The lifetime of the client.</param>
    public static IServiceCollection AddDaprWorkflow(
        this IServiceCollection serviceCollection,
        Action<WorkflowRuntimeOptions> configure,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(serviceCollection);
        ArgumentNullException.ThrowIfNull(configure);

        var options = serviceCollection.Select(service => service.ImplementationInstance).OfType<WorkflowRuntimeOptions>().FirstOrDefault();
        if (options is null) serviceCollection.AddSingleton(options = new WorkflowRuntimeOptions());
        configure(options);

        serviceCollection.AddLogging();
        serviceCollection.TryAddSingleton(TimeProvider.System);
        serviceCollection.TryAddSingleton<IDaprSerializer>(static _ => new JsonDaprSerializer());
        serviceCollection.TryAddSingleton(options.Registry);
        serviceCollection.TryAddSingleton(static services => new SidecarConnection(services.GetRequiredService<WorkflowRuntimeOptions>(), services.GetService<IConfiguration>()));
        serviceCollection.TryAddSingleton(static services => services.GetRequiredService<SidecarConnection>().Client);
        serviceCollection.TryAddSingleton<TurnRunner>();
        serviceCollection.TryAddSingleton<ActivityRunner>();
        serviceCollection.TryAddSingleton<AckSender>();
        serviceCollection.TryAddSingleton<WorkDispatcher>();
        serviceCollection.TryAddSingleton<WorkItemStream>();
        serviceCollection.AddHostedService<WorkflowWorker>();

        serviceCollection.TryAdd(new ServiceDescriptor(
            typeof(DaprWorkflowClient),
            static services => new DaprWorkflowClient(
                services.GetRequiredService<TaskHubSidecarService.TaskHubSidecarServiceClient>(),
                services.GetRequiredService<IDaprSerializer>(),
                services.GetRequiredService<TimeProvider>()),
            lifetime));
        serviceCollection.TryAdd(new ServiceDescriptor(typeof(IDaprWorkflowClient), static services => services.GetRequiredService<DaprWorkflowClient>(), lifetime));
        return serviceCollection;
    }
}
