using Microsoft.Extensions.Configuration;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.Testing.Access;

namespace OrderInventory.ServiceDefaults.Tests;

/// <summary>A configuration of authentication that cannot work stops the start and says what to write.</summary>
public sealed class AccessOptionsTests
{
    [Fact]
    public void From_Nothing_IsOff() => Assert.False(Read([]).IsOn);

    [Fact]
    public void From_KeyOrAddress_IsOn()
    {
        var issuer = new TestIssuer();
        var settings = issuer.Settings;

        Assert.Single(Read(settings).ReadSigningKeys());
        settings["Authentication:SigningKey"] = issuer.KeySet;
        Assert.Single(Read(settings).ReadSigningKeys());
        Assert.True(Read(new() { ["Authentication:Authority"] = "https://issuer.example", ["Authentication:Audience"] = "a" }).IsOn);
        Assert.True(Read(new() { ["Authentication:MetadataAddress"] = "http://127.0.0.1:9/x", ["Authentication:Audience"] = "a" }).IsOn);
    }

    [Theory]
    [InlineData("Audience is set, but nothing says whose tokens are good", "Audience", "a")]
    [InlineData("OperatorScope is set, but nothing says whose tokens are good", "OperatorScope", "s")]
    [InlineData("Audience is missing", "Authority", "https://issuer.example")]
    [InlineData("Issuer is missing", "SigningKey", "public", "Audience", "a")]
    [InlineData("SigningKey is a private key", "SigningKey", "private", "Audience", "a", "Issuer", "i")]
    [InlineData("SigningKey is not a public key", "SigningKey", "secret", "Audience", "a", "Issuer", "i")]
    [InlineData("SigningKey is not a public key", "SigningKey", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}", "Audience", "a", "Issuer", "i")]
    [InlineData("SigningKey is not a public key", "SigningKey", "{}", "Audience", "a", "Issuer", "i")]
    [InlineData("SigningKey is set beside", "SigningKey", "public", "Audience", "a", "Authority", "https://issuer.example")]
    [InlineData("write https://", "Authority", "http://issuer.example", "Audience", "a")]
    [InlineData("begins with https://", "MetadataAddress", "issuer", "Audience", "a")]
    [InlineData("UserClaim is empty", "Authority", "https://issuer.example", "Audience", "a", "UserClaim", "")]
    [InlineData("ReadScope is not one scope", "Authority", "https://issuer.example", "Audience", "a", "ReadScope", "a\"b")]
    [InlineData("OperatorScope is not one scope", "Authority", "https://issuer.example", "Audience", "a", "OperatorScope", "a b")]
    [InlineData("Audienc", "Audienc", "a")]
    public void From_WhatCannotWork_SaysWhatToWrite(string message, params string[] settings)
    {
        var issuer = new TestIssuer();
        var written = settings.Chunk(2).ToDictionary(pair => "Authentication:" + pair[0], pair => pair[1] switch
        {
            "public" => issuer.PublicKey,
            "private" => issuer.PrivateKey,
            var value => value,
        });

        var error = Assert.Throws<InvalidOperationException>(() => Read(written));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        if (written.TryGetValue("Authentication:SigningKey", out var key)) Assert.DoesNotContain(key, error.Message, StringComparison.Ordinal);
    }

    private static AccessOptions Read(Dictionary<string, string> settings) =>
        AccessOptions.From(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value))).Build());
}
