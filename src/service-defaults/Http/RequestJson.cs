using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>How bodies of requests are read: as answers are written, whole numbers in every form, members by their exact names. The OpenAPI document is made of the answers' options, and sees no type behind a converter.</summary>
internal sealed class RequestJson(IOptions<JsonOptions> answers)
{
    /// <summary>For <see cref="JsonBody"/>.</summary>
    public JsonSerializerOptions Options { get; } = new(answers.Value.SerializerOptions) { PropertyNameCaseInsensitive = false, Converters = { new WholeNumberConverter<int>(), new WholeNumberConverter<long>() } };
}
