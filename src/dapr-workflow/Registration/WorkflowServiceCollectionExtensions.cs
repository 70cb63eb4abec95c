using System.Text.Json;
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

    /// <summary>Adds workflows as <see cref="AddDaprWorkflow(IServiceCollection, Action{WorkflowRuntimeOptions}, ServiceLifetime)"/> does, and lets serializer and limits be chosen.</summary>
    /// <param name="serviceCollection">The services.</param>
    /// <param name="configureRuntime">Registers workflows and activities; null registers none.</param>
    /// <param name="configureClient">Gives the workflow client a connection of its own; null means that of the worker.</param>
    /// <param name="lifetime">The lifetime of the client.</param>
    public static DaprWorkflowBuilder AddDaprWorkflowBuilder(
        this IServiceCollection serviceCollection,
        Action<WorkflowRuntimeOptions>? configureRuntime,
        Action<IServiceProvider, DaprWorkflowClientBuilder>? configureClient = null,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(serviceCollection);
        if (configureClient is not null)
        {
            // First: the client that is added below gives way to it.
            serviceCollection.TryAdd(new ServiceDescriptor(
                typeof(DaprWorkflowClient),
                services =>
                {
                    var builder = new DaprWorkflowClientBuilder(services.GetService<IConfiguration>()).UseSerializer(services.GetRequiredService<IDaprSerializer>());
                    configureClient(services, builder);
                    return builder.Build();
                },
                lifetime));
        }

        serviceCollection.AddDaprWorkflow(configureRuntime ?? (static _ => { }), lifetime);
        return new DaprWorkflowBuilder(serviceCollection);
    }

    /// <summary>Chooses serializer and limits of the workflows of an app.</summary>
    public readonly struct DaprWorkflowBuilder : IDaprWorkflowBuilder
    {
        internal DaprWorkflowBuilder(IServiceCollection services) => Services = services;

        /// <inheritdoc />
        public IServiceCollection Services { get; }

        /// <summary>Uses this serializer for inputs, results, events and states.</summary>
        /// <param name="serializer">The serializer.</param>
        public DaprWorkflowBuilder WithSerializer(IDaprSerializer serializer)
        {
            ArgumentNullException.ThrowIfNull(serializer);
            Services.Replace(ServiceDescriptor.Singleton(serializer));
            return this;
        }

        /// <summary>Uses the serializer that is made from the services.</summary>
        /// <param name="serializerFactory">Makes the serializer, once.</param>
        public DaprWorkflowBuilder WithSerializer(Func<IServiceProvider, IDaprSerializer> serializerFactory)
        {
            ArgumentNullException.ThrowIfNull(serializerFactory);
            Services.Replace(ServiceDescriptor.Singleton(serializerFactory));
            return this;
        }

        /// <summary>Uses JSON with these options.</summary>
        /// <param name="options">The options.</param>
        public DaprWorkflowBuilder WithJsonSerializer(JsonSerializerOptions options) => WithSerializer(new JsonDaprSerializer(options));

        /// <summary>Limits the messages of the connection to the sidecar, in bytes; null leaves a limit as it is.</summary>
        /// <param name="maxReceiveMessageSize">The largest message received; without a limit by default, because a history comes whole.</param>
        /// <param name="maxSendMessageSize">The largest message sent.</param>
        public DaprWorkflowBuilder WithGrpcMessageSizeLimits(int? maxReceiveMessageSize = null, int? maxSendMessageSize = null)
        {
            Services.Select(service => service.ImplementationInstance).OfType<WorkflowRuntimeOptions>().First().LimitMessages(maxReceiveMessageSize, maxSendMessageSize);
            return this;
        }
    }
}
