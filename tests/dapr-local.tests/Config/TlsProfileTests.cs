using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DaprLocal.Tests.PubSub;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace DaprLocal.Tests.Config;

/// <summary>Servers that speak TLS only and want passwords (<c>eng/servers start DIR tls</c>); none on a machine without Kafka.</summary>
public sealed class TlsServers : IAsyncLifetime
{
    internal OwnServers? Servers { get; private set; }

    public async Task InitializeAsync() => Servers = TestBroker.Kafka is null ? null : await OwnServers.StartAsync(tls: true);

    public async Task DisposeAsync()
    {
        if (Servers is not null) await Servers.DisposeAsync();
    }
}

/// <summary>The shipped components with TLS do not start with a wrong password or with a server that is not the right one, and say which.</summary>
public sealed class TlsProfileTests(TlsServers servers) : IClassFixture<TlsServers>, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("dapr-local-test-").FullName;

    /// <summary>Profile, variable, what of its value is replaced by what, and what the start then says, as a pattern.</summary>
    public static TheoryData<string, string, string, string, string> Mistakes => TestBroker.Kafka is null
        ? new() { { "kafka-redis-tls", "OI_KAFKA", "", "127.0.0.1:1", "pubsub.yaml:1: component 'pubsub' cannot be opened: no Kafka server lets it in" } }
        : new()
        {
            { "kafka-redis-tls", "OI_REDIS", "", "127.0.0.1:1", "statestore.yaml:1: cannot connect to Redis at 127.0.0.1:1" },
            { "kafka-redis-tls", "OI_REDIS_PASSWORD", "", "wrong", "statestore.yaml:1: cannot connect to Redis" },
            { "kafka-redis-tls", "SSL_CERT_FILE", "", "/nowhere", "certificate is invalid" },
            { "kafka-postgres-tls", "OI_POSTGRES", "only-for-tests", "wrong", "password authentication failed" },
            { "kafka-postgres-tls", "OI_POSTGRES", "verify-full", "disable", "no encryption" },
            { "kafka-postgres-tls", "OI_POSTGRES", "127.0.0.1", "localhost", "certificate was rejected" },
            { "kafka-postgres-tls", "OI_KAFKA_PASSWORD", "", "wrong", "pubsub.yaml:1: component 'pubsub' cannot be opened: no Kafka server lets it in .* invalid credentials" },
            { "kafka-postgres-tls", "OI_KAFKA_CA", "", AnotherAuthority(), "certificate verify failed" },
        };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Start_WithAMistake_SaysWhoTurnedItAway(string profile, string variable, string replaced, string by, string said)
    {
        var environment = Variables();
        environment[variable] = replaced.Length == 0 ? by : environment[variable]!.Replace(replaced, by, StringComparison.Ordinal);
        var ports = LoopbackPorts.Free(2);
        RunFile.Write(_folder, Path.Combine(Repository.Root, "components", profile), "token", [new RunFileApp("order-app", null, ports[0], ports[1])]);

        using var process = RunFile.Run(_folder, environment);

        Assert.Equal(1, await process.EndAsync(Limit));
        Assert.Matches(said, process.Output);
    }

    // Without servers, addresses at which nobody is.
    private Dictionary<string, string?> Variables() => new(servers.Servers?.Environment ?? new Dictionary<string, string?>
    {
        ["OI_KAFKA"] = "127.0.0.1:1",
        ["OI_KAFKA_USER"] = "nobody",
        ["OI_KAFKA_PASSWORD"] = "none",
        ["OI_KAFKA_CA"] = AnotherAuthority(),
        ["OI_REDIS"] = "127.0.0.1:1",
        ["OI_REDIS_PASSWORD"] = "none",
    })
    {
        ["DAPR_API_TOKEN"] = "token",
    };

    private static string AnotherAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var today = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = new CertificateRequest("CN=another", key, HashAlgorithmName.SHA256).CreateSelfSigned(today, today.AddYears(10));
        return certificate.ExportCertificatePem();
    }
}
