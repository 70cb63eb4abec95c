using Dapr.Client.Autogen.Grpc.v1;
using DaprLocal.Api;

namespace DaprLocal.Grpc;

/// <summary>Metadata as a message.</summary>
internal static class MetadataMapping
{
    /// <summary>The message of a metadata.</summary>
    public static GetMetadataResponse Of(MetadataApi metadata)
    {
        var response = new GetMetadataResponse
        {
            Id = metadata.Options.AppId,
            RuntimeVersion = MetadataApi.RuntimeVersion,
            AppConnectionProperties = new AppConnectionProperties { Port = metadata.Options.AppPort ?? 0, Protocol = "http", ChannelAddress = metadata.Options.AppChannelAddress },
            ActorRuntime = new ActorRuntime { RuntimeStatus = ActorRuntime.Types.ActorRuntimeStatus.Running, HostReady = metadata.IsHostReady, Placement = metadata.Placement },
            Workflows = new MetadataWorkflows(),
        };
        foreach (var component in metadata.Components)
        {
            var registered = new RegisteredComponents { Name = component.Name, Type = component.Type, Version = component.Version };
            registered.Capabilities.AddRange(component.Capabilities);
            response.RegisteredComponents.Add(registered);
        }

        foreach (var (name, value) in metadata.Extended) response.ExtendedMetadata.Add(name, value);
        foreach (var subscription in metadata.Subscriptions)
        {
            var served = new PubsubSubscription
            {
                PubsubName = subscription.PubsubName,
                Topic = subscription.Topic,
                DeadLetterTopic = subscription.DeadLetterTopic ?? "",
                Type = PubsubSubscriptionType.Programmatic,
                Rules = new PubsubSubscriptionRules(),
            };
            foreach (var (name, value) in subscription.Metadata) served.Metadata.Add(name, value);
            served.Rules.Rules.Add(new PubsubSubscriptionRule { Path = subscription.Path });
            response.Subscriptions.Add(served);
        }

        return response;
    }
}
