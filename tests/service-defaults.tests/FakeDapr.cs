using System.Collections.Concurrent;
using Dapr.Client.Autogen.Grpc.v1;
using Dapr.Hosting.Protos;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderInventory.ServiceDefaults.Settings;

namespace OrderInventory.ServiceDefaults.Tests;

/// <summary>A Dapr gRPC service that answers what the test says and remembers what it was asked.</summary>
internal sealed class FakeDapr : DaprServiceBase, IAsyncDisposable
{
    private WebApplication? _host;

    public Func<GetBulkStateRequest, GetBulkStateResponse> OnGetBulk { get; set; } = _ => new GetBulkStateResponse();

    public Func<SaveStateRequest, Status> OnSave { get; set; } = _ => Status.DefaultSuccess;

    public Func<DeleteStateRequest, Status> OnDelete { get; set; } = _ => Status.DefaultSuccess;

    public Func<BulkPublishRequest, BulkPublishResponse> OnBulkPublish { get; set; } = _ => new BulkPublishResponse();

    public ConcurrentQueue<(object Request, string? Token)> Requests { get; } = new();

    public SidecarChannel Channel { get; private set; } = null!;

    public static async Task<FakeDapr> StartAsync()
    {
        var fake = new FakeDapr();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = 4 * 1024 * 1024);
        builder.Services.AddSingleton(fake);
        fake._host = builder.Build();
        fake._host.MapGrpcService<FakeDapr>();
        await fake._host.StartAsync();
        var settings = new Dictionary<string, string?> { ["DAPR_GRPC_ENDPOINT"] = fake._host.Urls.First(), ["DAPR_API_TOKEN"] = "secret" };
        fake.Channel = new SidecarChannel(SettingsReader.Read<SidecarOptions>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()), TimeProvider.System);
        return fake;
    }

    public override Task<GetStateResponse> GetState(GetStateRequest request, ServerCallContext context)
    {
        Remember(request, context);
        return Task.FromResult(new GetStateResponse());
    }

    public override Task<GetMetadataResponse> GetMetadata(GetMetadataRequest request, ServerCallContext context)
    {
        Remember(request, context);
        return Task.FromResult(new GetMetadataResponse());
    }

    public override Task<GetBulkStateResponse> GetBulkState(GetBulkStateRequest request, ServerCallContext context)
    {
        Remember(request, context);
        return Task.FromResult(OnGetBulk(request));
    }

    public override Task<Empty> SaveState(SaveStateRequest request, ServerCallContext context)
    {
        Remember(request, context);
        var status = OnSave(request);
        return status.StatusCode == StatusCode.OK ? Task.FromResult(new Empty()) : throw new RpcException(status);
    }

    public override Task<Empty> DeleteState(DeleteStateRequest request, ServerCallContext context)
    {
        Remember(request, context);
        var status = OnDelete(request);
        return status.StatusCode == StatusCode.OK ? Task.FromResult(new Empty()) : throw new RpcException(status);
    }

    public override Task<Empty> PublishEvent(PublishEventRequest request, ServerCallContext context)
    {
        Remember(request, context);
        return Task.FromResult(new Empty());
    }

    public override Task<BulkPublishResponse> BulkPublishEvent(BulkPublishRequest request, ServerCallContext context)
    {
        Remember(request, context);
        return Task.FromResult(OnBulkPublish(request));
    }

    /// <summary>Nobody answers any more.</summary>
    public Task StopAsync() => _host!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _host!.DisposeAsync();
    }

    private void Remember(object request, ServerCallContext context) => Requests.Enqueue((request, context.RequestHeaders.GetValue("dapr-api-token")));
}
