using Confluent.Kafka;

namespace DaprLocal.PubSub;

/// <summary>Says once that the servers are gone and once that they are back; the client itself would repeat it for every attempt.</summary>
internal sealed class KafkaConnection(string brokers, ILogger log)
{
    private int _isDown;
    private Error? _refusal;

    /// <summary>Why a server turned this client away, when it was one and has since not answered: a password, a certificate.</summary>
    public Error? Refusal => Volatile.Read(ref _refusal);

    /// <summary>The client met an error that it tries to overcome by itself.</summary>
    public void OnError(Error error)
    {
        if (error.Code is ErrorCode.Local_Authentication or ErrorCode.Local_Ssl) Volatile.Write(ref _refusal, error);
        if (error.Code == ErrorCode.Local_AllBrokersDown && Interlocked.Exchange(ref _isDown, 1) == 0) PubSubLog.KafkaIsDown(log, brokers, (Refusal ?? error).Reason);
    }

    /// <summary>A server has answered.</summary>
    public void OnAnswer()
    {
        if (Refusal is not null) Volatile.Write(ref _refusal, null);
        if (Volatile.Read(ref _isDown) == 1 && Interlocked.Exchange(ref _isDown, 0) == 1) PubSubLog.KafkaIsBack(log, brokers);
    }
}
