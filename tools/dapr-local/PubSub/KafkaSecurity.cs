using Confluent.Kafka;
using DaprLocal.Sidecars;

namespace DaprLocal.PubSub;

/// <summary>TLS and SASL of a <c>pubsub.kafka</c> component, with daprd's names and defaults.</summary>
internal static class KafkaSecurity
{
    /// <summary>The metadata that are read here.</summary>
    public static readonly string[] Known =
    [
        "authType", "saslUsername", "saslPassword", "saslMechanism", "caCert", "clientCert", "clientKey", "skipVerify", "disableTls",
    ];

    /// <summary>Adds what the component's <c>authType</c> asks for.</summary>
    public static ClientConfig Apply(ComponentSettings settings, ClientConfig client)
    {
        var type = settings.Required("authType");
        switch (type)
        {
            case "none" or "mtls" or "certificate":
                break;
            case "password":
                client.SaslUsername = settings.Required("saslUsername");
                client.SaslPassword = settings.Required("saslPassword");
                client.SaslMechanism = settings.Choice("saslMechanism", "PLAINTEXT", new Dictionary<string, SaslMechanism>
                {
                    ["PLAINTEXT"] = SaslMechanism.Plain,
                    ["SHA-256"] = SaslMechanism.ScramSha256,
                    ["SHA-512"] = SaslMechanism.ScramSha512,
                });
                break;
            default:
                throw settings.Wrong($"metadata 'authType' is '{type}'; dapr-local knows none, password, mtls and certificate");
        }

        var usesTls = type != "none" && !settings.Flag("disableTls", false);
        client.SecurityProtocol = (usesTls, type == "password") switch
        {
            (true, true) => SecurityProtocol.SaslSsl,
            (true, false) => SecurityProtocol.Ssl,
            (false, true) => SecurityProtocol.SaslPlaintext,
            _ => SecurityProtocol.Plaintext,
        };
        if (!usesTls) return client;
        if (settings.Text("caCert", "") is { Length: > 0 } authority) client.SslCaPem = authority;
        if (settings.Text("clientCert", "") is { Length: > 0 } certificate) client.SslCertificatePem = certificate;
        if (settings.Text("clientKey", "") is { Length: > 0 } key) client.SslKeyPem = key;
        client.EnableSslCertificateVerification = !settings.Flag("skipVerify", false);
        return client;
    }
}
