namespace DaprLocal.PubSub;

/// <summary>Kafka's rule for names of topics, which every broker here keeps.</summary>
internal static class TopicName
{
    /// <summary>Refuses what Kafka would refuse.</summary>
    /// <exception cref="BrokerException">The name cannot be a topic's.</exception>
    public static void Check(string name)
    {
        if (name.Length is 0 or > 249 || name is "." or ".." || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            throw new BrokerException("kafka server: The request attempted to perform an operation on an invalid topic");
    }
}
